// Sends datagrams that are none of anybody's to ports of this machine, so many a second, and says how many went out.
import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';

const [targetsText, rateText, secondsText] = process.argv.slice(2);
/** @type {{ address: string, port: number }[]} */
const targets = JSON.parse(targetsText);
const perTick = Number(rateText) / 100;
const ticks = Number(secondsText) * 100;

/** STUN (RFC 8489 §5): a header that is right, or nearly, and attributes that are not. */
function stun() {
  const attributes = randomBytes(4 * randomInt(0, 30));
  const packet = Buffer.concat([Buffer.alloc(20), attributes]);
  packet.writeUInt16BE([0x0001, 0x0101, 0x0111, 0x0003, 0x0800][randomInt(5)], 0);
  packet.writeUInt16BE(randomInt(4) === 0 ? randomInt(0xffff) : attributes.length, 2);
  packet.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(packet, 8);
  // USERNAME, of some length, and MESSAGE-INTEGRITY.
  if (attributes.length > 32) {
    packet.writeUInt16BE(0x0006, 20);
    packet.writeUInt16BE([4, 8, 0xffff, 513][randomInt(4)], 22);
    packet.writeUInt16BE(0x0008, 28);
    packet.writeUInt16BE(20, 30);
  }
  return packet;
}

/** DTLS (RFC 6347 §4.1), as if somebody began a handshake. */
function dtls() {
  const body = randomBytes(randomInt(12, 200));
  const packet = Buffer.concat([
    Buffer.from([20 + randomInt(44), 0xfe, 0xfd]),
    Buffer.alloc(8),
    Buffer.alloc(2),
    body,
  ]);
  packet.writeUInt16BE(randomInt(3) === 0 ? randomInt(0xffff) : body.length, 11);
  if (randomInt(2) === 0) packet[13] = 1;
  return packet;
}

/** RTP or RTCP (RFC 7983 §7) that nobody has the key of. */
const rtp = () =>
  Buffer.concat([
    Buffer.from([0x80 | randomInt(64), randomInt(256)]),
    randomBytes(randomInt(2, 1200)),
  ]);

const kinds = [stun, stun, dtls, rtp, () => randomBytes(randomInt(0, 1400))];
const packets = Array.from({ length: 500 }, (_, index) => kinds[index % kinds.length]());

const socket = createSocket('udp4');
let sent = 0;
socket.on('error', () => undefined);
socket.bind(0, () => {
  const startMs = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.min(ticks, Math.floor((performance.now() - startMs) / 10));
    for (; done < due; done += 1) {
      for (let index = 0; index < perTick; index += 1) {
        const { address, port } = targets[sent % targets.length];
        socket.send(packets[(sent * 7) % packets.length], port, address, () => undefined);
        sent += 1;
      }
    }
    if (done < ticks) return;
    clearInterval(timer);
    const seconds = (performance.now() - startMs) / 1000;
    socket.close(() => {
      console.log(JSON.stringify({ sent, seconds }));
      process.exit(0);
    });
  }, 10);
});
