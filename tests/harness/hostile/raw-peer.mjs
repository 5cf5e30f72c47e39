// A participant, in a process of its own, that sends whatever packets it is told to on its own authenticated connections.
import nodeDataChannel from 'node-datachannel';
import { WebSocket } from 'ws';

/** As they are shipped. */
const dist = new URL('../../../dist/mcu/load/', import.meta.url).href;
/** @type {typeof import('../../../mcu/load/sdp.ts')} */
const { writeDownlinkAnswer, writeUplinkOffer, uplinkPayloadTypes } = await import(`${dist}sdp.js`);
/** @type {typeof import('../../../mcu/load/connection.ts')} */
const { addCandidate, openConnection, tellCandidates } = await import(`${dist}connection.js`);

const [url, room] = process.argv.slice(2);
const streams = { cname: 'raw', videoSsrc: 101, rtxSsrc: 102, audioSsrc: 103 };
const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
const say = (message) => socket.send(JSON.stringify(message));
/** What one direction sends on; tracks that are collected close. */
const tracks = { uplink: [], downlink: [] };
let uplink;
let downlink;
let downlinkSsrcs = [];
let isReady = false;
let openedMs = 0;

function openUplink() {
  uplink = openConnection('raw uplink');
  const audio = new nodeDataChannel.Audio('audio', 'SendOnly');
  audio.addOpusCodec(uplinkPayloadTypes.opus);
  audio.addSSRC(streams.audioSsrc, 'raw', 'synthetic', 'audio');
  const video = new nodeDataChannel.Video('video', 'SendOnly');
  video.addVP8Codec(uplinkPayloadTypes.vp8);
  video.addRTXCodec(uplinkPayloadTypes.rtx, uplinkPayloadTypes.vp8, 90_000);
  video.addSSRC(streams.videoSsrc, 'raw', 'synthetic', 'video');
  tracks.uplink.push(uplink.addTrack(audio), uplink.addTrack(video));
  uplink.onLocalDescription((sdp) =>
    say({ type: 'offer', pc: 'uplink', sdp: writeUplinkOffer(sdp, streams) }),
  );
  tellCandidates(uplink, (candidate) => say({ type: 'candidate', pc: 'uplink', candidate }));
  uplink.setLocalDescription('offer');
  for (const track of tracks.uplink) track.onOpen(ready);
}

/** The server offers another one where the first has failed: see `Reoffers` in mcu/room. */
function openDownlink(offer, negotiation) {
  downlink?.close();
  tracks.downlink = [];
  downlink = openConnection('raw downlink');
  downlink.onTrack((track) => {
    tracks.downlink.push(track);
    track.onMessage(() => undefined);
    track.onOpen(ready);
  });
  downlink.onLocalDescription((local) => {
    const { sdp, format } = writeDownlinkAnswer(offer, local, 'h264');
    downlinkSsrcs = [format.videoSsrc, format.rtxSsrc, format.audioSsrc];
    say({ type: 'answer', pc: 'downlink', sdp, negotiation });
  });
  tellCandidates(downlink, (candidate) => say({ type: 'candidate', pc: 'downlink', candidate }));
  downlink.setRemoteDescription(offer, 'offer');
  downlink.setLocalDescription('answer');
}

function ready() {
  const all = [...tracks.uplink, ...tracks.downlink];
  if (isReady || tracks.downlink.length < 2 || !all.every((track) => track.isOpen())) return;
  isReady = true;
  process.send({
    ready: true,
    joinMs: performance.now() - openedMs,
    uplink: [streams.videoSsrc, streams.rtxSsrc, streams.audioSsrc],
    downlink: downlinkSsrcs,
  });
}

const early = { uplink: [], downlink: [] };
socket.on('open', () =>
  say({ type: 'join', protocol: 1, room, name: 'Raw', media: { audio: true, video: true } }),
);
openedMs = performance.now();
socket.on('message', (data) => {
  const message = JSON.parse(data);
  if (message.type === 'joined') openUplink();
  else if (message.type === 'offer') openDownlink(message.sdp, message.negotiation);
  else if (message.type === 'answer') {
    uplink.setRemoteDescription(message.sdp, 'answer');
    for (const candidate of early.uplink.splice(0)) addCandidate(uplink, candidate);
    early.uplink = null;
  } else if (message.type === 'candidate' && message.candidate !== null) {
    const { candidate } = message;
    if (message.pc === 'downlink') addCandidate(downlink, candidate);
    else if (early.uplink === null) addCandidate(uplink, candidate);
    else early.uplink.push(candidate);
  }
});
socket.on('close', (code, reason) => {
  if (!isReady) console.error(`raw peer: closed with ${code} ${reason}`);
  process.exit(isReady ? 0 : 1);
});
socket.on('error', (error) => console.error(`raw peer: ${error.message}`));

/** @returns how many went out */
function sendAll(direction, packets) {
  let sent = 0;
  packets.forEach((packet, index) => {
    const track = tracks[direction][index % tracks[direction].length];
    try {
      if (track.sendMessageBinary(Buffer.from(packet, 'base64'))) sent += 1;
    } catch {
      // Too short to be encrypted.
    }
  });
  return sent;
}

process.on('message', ({ uplink: up = [], downlink: down = [] }) => {
  process.send({ sent: sendAll('uplink', up) + sendAll('downlink', down) });
});
process.on('disconnect', () => process.exit(0));
