import { followFrames, opcodes } from './frames.ts'

/** A header of two bytes and a mask of four come before a payload of at most 125: RFC 6455, section 5.5. */
const headerLength = 6
const maxControlLength = headerLength + 125

interface ControlFilterOptions {
  /** Of the gateway's pings. */
  readonly ownPayload: Uint8Array
  pass(bytes: Buffer, isPong: boolean): void
  /** Hears that a close frame begins. */
  onClose(): void
  /** Hears a ping, which is not passed on. They are passed on when this is omitted. */
  readonly onPing?: ((payload: Buffer) => void) | undefined
}

/**
 * Takes out of what a client sends the answers to the gateway's own pings, and pings where the gateway answers them.
 * All other bytes are passed on in their order: as parts of the chunk that came, but for a control frame that was cut
 * in pieces.
 */
export function createControlFilter({ ownPayload, pass, onClose, onPing }: ControlFilterOptions) {
  let chunk: Buffer = Buffer.alloc(0)
  /** In the chunk: what comes before is passed on, or is part of the control frame. */
  let from = 0
  /** Of the control frame that is being read: a ping or a pong. */
  let taken: number | undefined
  /** The beginning of one whose end has not come. */
  let held: Buffer | undefined

  const passUntil = (at: number) => {
    if (at > from) pass(chunk.subarray(from, at), false)
    from = at
  }
  const isTaken = (opcode: number) =>
    opcode === opcodes.pong || (opcode === opcodes.ping && onPing !== undefined)

  const position = followFrames({
    begins(opcode, at) {
      if (opcode === opcodes.close) onClose()
      if (!isTaken(opcode)) return
      passUntil(at)
      taken = opcode
    },
    ends(opcode, at) {
      if (taken === undefined) return
      taken = undefined
      const part = chunk.subarray(from, at)
      const frame = held ? Buffer.concat([held, part]) : part
      held = undefined
      from = at
      const payload = payloadOf(frame, opcode)
      if (payload !== undefined && opcode === opcodes.ping) onPing?.(payload)
      else if (payload === undefined || !payload.equals(ownPayload))
        pass(frame, opcode === opcodes.pong)
    },
  })

  return (bytes: Buffer) => {
    chunk = bytes
    from = 0
    position.read(bytes)
    if (taken === undefined) passUntil(bytes.length)
    else {
      // A copy: what waits must not keep the whole chunk in memory.
      held = Buffer.concat(held ? [held, bytes.subarray(from)] : [bytes.subarray(from)])
      if (held.length >= maxControlLength) {
        // Longer than a control frame may be. Qlik refuses it; it is not held.
        const isPong = taken === opcodes.pong
        taken = undefined
        pass(held, isPong)
        held = undefined
      }
    }
    chunk = Buffer.alloc(0)
  }
}

/** Of a whole and masked control frame, as a client sends it (RFC 6455, section 5.3); undefined for another. */
function payloadOf(frame: Buffer, opcode: number): Buffer | undefined {
  const length = frame.length - headerLength
  const isWhole = length >= 0 && frame[0] === (0x80 | opcode) && frame[1] === (0x80 | length)
  if (!isWhole) return undefined
  const payload = Buffer.from(frame.subarray(headerLength))
  for (let at = 0; at < length; at += 1)
    payload[at] = (payload[at] as number) ^ (frame[2 + (at & 3)] as number)
  return payload
}
