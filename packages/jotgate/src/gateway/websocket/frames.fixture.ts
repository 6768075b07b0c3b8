import fc from 'fast-check'
import * as ws from 'ws'

interface FrameOptions {
  readonly isMasked?: boolean
  readonly isFinal?: boolean
}

/** What @types/ws does not have. */
const { Sender, Receiver } = ws as unknown as {
  Sender: { frame(data: Buffer, options: object): Buffer[] }
  Receiver: new (options: object) => NodeJS.WritableStream
}

/** A frame as `ws` writes it. */
export function frameOf(
  opcode: number,
  payload: string | Uint8Array,
  { isMasked = false, isFinal = true }: FrameOptions = {},
): Buffer {
  const options = { opcode, fin: isFinal, mask: isMasked, readOnly: true, rsv1: false }
  return Buffer.concat(Sender.frame(Buffer.from(payload), options))
}

/** What `ws` reads out of a stream, a line for each message and control frame. */
export async function readByWs(
  chunks: readonly Uint8Array[],
  { isServer }: { isServer: boolean },
): Promise<string[]> {
  const lines: string[] = []
  const receiver = new Receiver({ isServer, maxPayload: 0 })
  const hear = (name: string) => (data: unknown) =>
    lines.push(
      `${name} ${data instanceof Uint8Array ? Buffer.from(data).toString('base64') : data}`,
    )
  for (const name of ['message', 'ping', 'pong', 'conclude']) receiver.on(name, hear(name))
  receiver.on('error', () => undefined)
  for (const chunk of chunks)
    await new Promise<void>((resolve, reject) => {
      receiver.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  return lines
}

const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 130 }) },
  { weight: 2, arbitrary: fc.integer({ min: 120, max: 70_000 }) },
  fc.constantFrom(0, 125, 126, 127, 65_535, 65_536),
)

const payload = (max: number) =>
  fc
    .tuple(
      length.map((one) => Math.min(one, max)),
      fc.integer({ min: 0, max: 255 }),
    )
    .map(([size, fill]) => Buffer.alloc(size, fill))

/** A message in one to three fragments, with control frames between them. */
function messageFrames(isMasked: boolean): fc.Arbitrary<Buffer[]> {
  const control = fc
    .tuple(fc.constantFrom(9, 10), payload(125))
    .map(([opcode, bytes]) => frameOf(opcode, bytes, { isMasked }))
  return fc
    .array(fc.tuple(payload(70_000), fc.array(control, { maxLength: 2 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((fragments) =>
      fragments.flatMap(([bytes, controls], at) => [
        frameOf(at === 0 ? 2 : 0, bytes, { isMasked, isFinal: at === fragments.length - 1 }),
        ...controls,
      ]),
    )
}

/** Frames of several messages. */
export const frames = (isMasked: boolean) =>
  fc.array(messageFrames(isMasked), { minLength: 1, maxLength: 4 }).map((all) => all.flat())

/** Cuts bytes where the numbers say, which are taken in turn. */
export function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

/** Sizes of chunks: single bytes, and up to what a socket reads at once. */
export const chunkSizes = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 }), fc.constant(65_536)),
  { minLength: 1, maxLength: 12 },
)
