import type { QlikNotification } from '../../qlik/index.ts'
import { isObject, type JsonObject } from '../../values/index.ts'

/** Gives what stands in place of a notification's parameters; undefined when they stay as they are. */
export type RewriteNotification = (notification: QlikNotification) => JsonObject | undefined

/** Notifications about the session come first, and are short. */
const maxFrames = 32
const maxLength = 4096

/** FIN, no extension, text: RFC 6455, section 5.2. A compressed message cannot be changed without those that follow. */
const wholeText = 0x81

/**
 * Makes what lets notifications be rewritten in the bytes that Qlik sends. It looks at the first frames alone, and passes
 * on all others as they come, and the rest of the stream.
 */
export function createNotificationFilter({
  rewrite,
  pass,
}: {
  readonly rewrite: RewriteNotification
  pass(bytes: Buffer): void
}) {
  let held: Buffer = Buffer.alloc(0)
  /** Bytes of a payload that is not looked at. */
  let missing = 0
  let frames = 0

  const passOn = (bytes: Buffer) => {
    if (bytes.length > 0) pass(bytes)
  }

  return {
    read(chunk: Buffer) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      held = Buffer.alloc(0)
      let from = 0
      let at = 0
      while (at < bytes.length) {
        const step = Math.min(missing, bytes.length - at)
        at += step
        missing -= step
        if (at === bytes.length || frames === maxFrames) break
        const head = readHead(bytes.subarray(at))
        if (head === undefined) {
          held = Buffer.from(bytes.subarray(at))
          break
        }
        const { length, isShortText } = head
        const end = at + head.headerLength + length
        if (isShortText && end > bytes.length) {
          held = Buffer.from(bytes.subarray(at))
          break
        }
        frames += 1
        if (!isShortText) {
          missing = head.headerLength + length
          continue
        }
        const payload = bytes.subarray(at + head.headerLength, end)
        const changed = rewriteText(payload, rewrite)
        if (changed !== undefined) {
          passOn(bytes.subarray(from, at))
          passOn(textFrame(changed))
          from = end
        }
        at = end
      }
      passOn(bytes.subarray(from, bytes.length - held.length))
    },
    /** Passes on what was held back for an end that does not come. */
    end() {
      const rest = held
      held = Buffer.alloc(0)
      passOn(rest)
    },
  }
}

/** Undefined when more bytes are needed. */
function readHead(bytes: Buffer) {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] as number) & 0x7f
  const isMasked = ((bytes[1] as number) & 0x80) !== 0
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0
  if (bytes.length < 2 + extended) return undefined
  const length =
    extended === 0 ? short : bytes.readUIntBE(extended === 8 ? 4 : 2, extended === 8 ? 6 : 2)
  return {
    headerLength: 2 + extended + (isMasked ? 4 : 0),
    length,
    isShortText: bytes[0] === wholeText && !isMasked && length <= maxLength,
  }
}

function rewriteText(payload: Buffer, rewrite: RewriteNotification): Buffer | undefined {
  const message = parse(payload.toString())
  if (!isObject(message) || typeof message.method !== 'string' || !isObject(message.params))
    return undefined
  const params = rewrite({ method: message.method, params: message.params })
  const changed = params && Buffer.from(JSON.stringify({ ...message, params }))
  return changed === undefined || changed.length > maxTextLength ? undefined : changed
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As a server sends it, without a mask. */
function textFrame(payload: Buffer): Buffer {
  const { length } = payload
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(wholeText, ...size), payload])
}

/** What two bytes can tell. */
const maxTextLength = 65_535
