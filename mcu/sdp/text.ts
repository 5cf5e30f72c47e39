/**
 * A value of parsed SDP as text: sdp-transform makes numbers of what looks like one, whatever its types
 * say, and a fingerprint or an ICE credential may well be all digits.
 */
export const sdpText = (value: string | number): string => String(value);
