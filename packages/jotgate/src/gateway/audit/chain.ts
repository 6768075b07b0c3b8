import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** A place in the log: which line, and the MAC that covers it and every line before it. */
export interface Place {
  readonly file: string
  readonly seq: number
  readonly mac: string
}

/** A line as it stands in a file, without its line break. */
export interface SealedLine {
  readonly seq: number
  /** What the MAC covers, besides the MAC of the line before. */
  readonly body: Uint8Array
  readonly mac: string
}

/** What stands before the first line of a boot: 32 bytes of zero. */
export const startMac = Buffer.alloc(32).toString('base64url')

/** The key of one boot's chain, so that no line fits into the chain of another. */
export function deriveChainKey(key: Uint8Array, boot: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, boot, 'jotgate audit chain 1', 32)))
}

/** Seals one line: `{"seq":7,…,"mac":"…"}`. @param members of a JSON object, without its braces */
export function sealLine(
  key: KeyObject,
  previousMac: string,
  seq: number,
  members: string,
): { readonly text: string; readonly mac: string } {
  const body = `{"seq":${seq},${members}`
  const mac = macOf(key, previousMac, body)
  return { text: `${body}${beforeMac}${mac}"}\n`, mac }
}

/** The MAC of a line: HMAC-SHA256 of the MAC before it and of the line's own bytes. */
export function macOf(key: KeyObject, previousMac: string, body: Uint8Array | string): string {
  const previous = Buffer.from(previousMac, 'base64url')
  return createHmac('sha256', key).update(previous).update(body).digest('base64url')
}

/** Takes a line apart, which need not be authentic; undefined when it has not the form of one. */
export function openLine(line: Buffer): SealedLine | undefined {
  const end = line.length - tailLength
  if (end < 0) return undefined
  const tail = tailForm.exec(line.toString('latin1', end))
  const head = headForm.exec(line.toString('latin1', 0, Math.min(end, 32)))
  if (tail?.[1] === undefined || head?.[1] === undefined) return undefined
  return { seq: Number(head[1]), body: line.subarray(0, end), mac: tail[1] }
}

const beforeMac = ',"mac":"'
const macLength = 43
const tailLength = beforeMac.length + macLength + '"}'.length
const tailForm = /^,"mac":"([\w-]{43})"\}$/
const headForm = /^\{"seq":([1-9]\d{0,14}),/

/** `FILE:SEQ:MAC`: a head as it is written down elsewhere. It is not secret. */
export function formatPlace({ file, seq, mac }: Place): string {
  return `${file}:${seq}:${mac}`
}

/** Reads a head; undefined when a string is not one. */
export function parsePlace(text: string): Place | undefined {
  const [, file, seq, mac] = /^([^:/\\]{1,200}):([1-9]\d{0,14}):([\w-]{43})$/.exec(text) ?? []
  if (file === undefined || mac === undefined) return undefined
  return { file, seq: Number(seq), mac }
}
