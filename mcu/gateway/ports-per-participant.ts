/** UDP ports: one for the downlink, one for the uplink on each of the machine's networks; more while one replaces another. */
export const portsPerParticipant = 4;
