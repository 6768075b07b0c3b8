import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeOut } from './write-out.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jotgate-write-out-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noStream = () => {
  throw new Error('The stream was made')
}

function collected() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream: () => stream, bytes: () => Buffer.concat(chunks) }
}

describe('what is written', () => {
  it('goes to a file behind what is there, without a stream', async () => {
    const file = join(folder, 'file')
    const descriptor = openSync(file, 'w')
    await writeOut({ descriptor, stream: noStream }, 'one\n')
    await writeOut({ descriptor, stream: noStream }, new TextEncoder().encode('zwölf\n'))
    closeSync(descriptor)
    expect(readFileSync(file, 'utf8')).toBe('one\nzwölf\n')
  })

  it('goes to the stream where there is neither file nor pipe', async () => {
    const { stream, bytes } = collected()
    const descriptor = openSync('/dev/null', 'w')
    await writeOut({ descriptor, stream }, 'one\n')
    closeSync(descriptor)
    expect(bytes().toString()).toBe('one\n')
  })

  it('goes on by the stream when a pipe is full that does not wait', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    const sent = Buffer.alloc(1_000_000, 'jotgate ')
    const { stream, bytes } = collected()
    await writeOut({ descriptor, stream }, sent)
    const inPipe = Buffer.alloc(sent.length)
    const count = sent.length - bytes().length
    let read = 0
    while (read < count) read += readSync(descriptor, inPipe, read, count - read, null)
    closeSync(descriptor)
    expect(count).toBeGreaterThan(0)
    expect(bytes().length).toBeGreaterThan(0)
    expect(Buffer.concat([inPipe.subarray(0, count), bytes()]).equals(sent)).toBe(true)
  })

  it('is told to have failed when nobody reads any more', async () => {
    const pipe = join(folder, 'left')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const descriptor = openSync(pipe, constants.O_WRONLY)
    closeSync(reader)
    await expect(writeOut({ descriptor, stream: noStream }, 'one\n')).rejects.toMatchObject({
      code: 'EPIPE',
    })
    closeSync(descriptor)
  })
})
