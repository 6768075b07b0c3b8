/** Kinds of frames that matter to a tunnel: RFC 6455, section 5.2. */
export const opcodes = { close: 8, ping: 9, pong: 10 } as const

/** The longest payload of a control frame: RFC 6455, section 5.5. */
const maxControlLength = 125

/** A control frame as a server sends it, without a mask. */
export function controlFrame(opcode: number, payload: Uint8Array): Buffer {
  if (payload.length > maxControlLength) throw new RangeError('A control frame holds 125 bytes')
  return Buffer.concat([Buffer.of(0x80 | opcode, payload.length), payload])
}

/** A close frame as a server sends it. The reason is cut to what fits. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason).subarray(0, maxControlLength - 2)
  return controlFrame(opcodes.close, Buffer.concat([Buffer.of(code >> 8, code & 0xff), text]))
}

/** Hears where frames begin and end; `at` is an offset in the chunk that is being read. */
export interface FrameObserver {
  begins(opcode: number, at: number): void
  /** `at` is the offset after its last byte. */
  ends(opcode: number, at: number): void
}

/** Where one direction of a socket stands. */
export interface FramePosition {
  /** Reads on. No byte of a payload is looked at. */
  read(chunk: Uint8Array): void
  /** Whether a control frame may be inserted now: before the first frame, or after a whole one. */
  readonly isBetweenFrames: boolean
}

/** A frame longer than this cannot be counted, and is longer than any that exists. */
const maxLength = Number.MAX_SAFE_INTEGER

/**
 * Follows the frames of a byte stream by their headers (RFC 6455, section 5.2), wherever the chunks are cut.
 */
export function followFrames({ begins, ends }: FrameObserver): FramePosition {
  let opcode = 0
  /** Bytes of the header that have been read, and that it has; 0 between frames and in a payload. */
  let read = 0
  let headerLength = 0
  let lengthEnds = 0
  let length = 0
  /** Bytes of the payload that are missing. */
  let missing = 0

  /** Takes a byte of the header. @returns whether it was the last one */
  const takeHeader = (byte: number) => {
    read += 1
    if (read === 1) return false
    if (read === 2) {
      const short = byte & 0x7f
      const extended = short === 127 ? 8 : short === 126 ? 2 : 0
      lengthEnds = 2 + extended
      headerLength = lengthEnds + (byte & 0x80 ? 4 : 0)
      length = extended ? 0 : short
    } else if (read <= lengthEnds) length = Math.min(length * 256 + byte, maxLength)
    return read === headerLength
  }

  return {
    read(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (missing === 0) {
          const byte = chunk[at] as number
          if (read === 0) {
            opcode = byte & 0x0f
            begins(opcode, at)
          }
          at += 1
          if (!takeHeader(byte)) continue
          read = 0
          missing = length
        } else {
          const step = Math.min(missing, chunk.length - at)
          at += step
          missing -= step
        }
        if (missing === 0) ends(opcode, at)
      }
    },
    get isBetweenFrames() {
      return read === 0 && missing === 0
    },
  }
}
