import { followFrames, opcodes } from './frames.ts'

/** A header of two bytes, a mask of four and the longest payload that a pong may have: RFC 6455, section 5.5. */
const maxPongLength = 2 + 4 + 125

interface PongFilterOptions {
  /** Of the gateway's pings. */
  readonly ownPayload: Uint8Array
  pass(bytes: Buffer, isPong: boolean): void
  /** Hears that a close frame begins. */
  onClose(): void
}

/**
 * Takes the answers to the gateway's own pings out of what a client sends. All other bytes are passed on in
 * their order: as parts of the chunk that came, but for a pong that was cut in pieces.
 */
export function createPongFilter({ ownPayload, pass, onClose }: PongFilterOptions) {
  let chunk: Buffer = Buffer.alloc(0)
  /** In the chunk: what comes before is passed on, or is part of the pong. */
  let from = 0
  let isInPong = false
  /** The beginning of a pong whose end has not come. */
  let held: Buffer | undefined

  const passUntil = (at: number) => {
    if (at > from) pass(chunk.subarray(from, at), false)
    from = at
  }

  const position = followFrames({
    begins(opcode, at) {
      if (opcode === opcodes.close) onClose()
      if (opcode !== opcodes.pong) return
      passUntil(at)
      isInPong = true
    },
    ends(_opcode, at) {
      if (!isInPong) return
      isInPong = false
      const part = chunk.subarray(from, at)
      const frame = held ? Buffer.concat([held, part]) : part
      held = undefined
      from = at
      if (!isOwnPong(frame, ownPayload)) pass(frame, true)
    },
  })

  return (bytes: Buffer) => {
    chunk = bytes
    from = 0
    position.read(bytes)
    if (!isInPong) passUntil(bytes.length)
    else {
      // A copy: what waits must not keep the whole chunk in memory.
      held = Buffer.concat(held ? [held, bytes.subarray(from)] : [bytes.subarray(from)])
      if (held.length >= maxPongLength) {
        // Longer than a pong may be. Qlik refuses it; it is not held.
        isInPong = false
        pass(held, true)
        held = undefined
      }
    }
    chunk = Buffer.alloc(0)
  }
}

/** A client's frame is masked: RFC 6455, section 5.3. */
function isOwnPong(frame: Buffer, ownPayload: Uint8Array): boolean {
  const { length } = ownPayload
  if (frame.length !== 6 + length || frame[0] !== 0x8a || frame[1] !== (0x80 | length)) return false
  return ownPayload.every(
    (byte, at) => byte === ((frame[6 + at] as number) ^ (frame[2 + (at & 3)] as number)),
  )
}
