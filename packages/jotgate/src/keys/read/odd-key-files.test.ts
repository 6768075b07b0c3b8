import { verify } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { checkKey } from '../check/check-key.ts'
import type { KeyPair } from '../create/create-key-pair.ts'
import { makeOddKeyFiles, type OddKeyFile } from './odd-key-files.fixture.ts'
import { readSigningKey } from './read-signing-key.ts'

let folder: string
let pair: KeyPair
let files: OddKeyFile[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
  ;({ pair, files } = await makeOddKeyFiles(folder))
  await Promise.all(files.map(write))
})
afterAll(() => rm(folder, { recursive: true }))

const fileAt = (index: number) => join(folder, `${index}.key`)

async function write({ content, mode = 0o600 }: OddKeyFile, index: number): Promise<void> {
  await writeFile(fileAt(index), content)
  await chmod(fileAt(index), mode)
}

/** The runs of characters in an output that look like encoded bytes and are in the file in any encoding. */
function keyBytesIn(shown: string, { content }: OddKeyFile): string[] {
  const bytes = Buffer.from(content)
  const text = bytes.toString('latin1').replaceAll(/\s|\\n|\\r|\0/g, '')
  const forms = [text, ...(['base64', 'base64url', 'hex'] as const).map((to) => bytes.toString(to))]
  const runs = shown.match(/[A-Za-z0-9+/=_-]{12,}|<Buffer.*?>|Uint8Array/g) ?? []
  const public_ = /^(-+|PRIVATE|PuTTY-User-Key-File)/
  return runs.filter(
    (run) =>
      run.startsWith('<Buffer') || (!public_.test(run) && forms.some((form) => form.includes(run))),
  )
}

it('there are more than sixty odd key files, each with its own name', () => {
  expect(files.length).toBeGreaterThan(60)
  expect(new Set(files.map(({ name }) => name)).size).toBeGreaterThan(files.length - 3)
})

it('each is read, or refused with the right code and hint, and no byte of it is shown', async () => {
  const wrong: unknown[] = []
  for (const [index, odd] of files.entries()) {
    const file = fileAt(index)
    const { passphrase } = odd
    const outcome: unknown = await readSigningKey({
      file,
      ...(passphrase === undefined ? {} : { passphrase }),
    }).catch((error: unknown) => error)
    if (isJotgateError(outcome)) {
      const shown = inspect(outcome, { depth: 9, showHidden: true }) + JSON.stringify(outcome)
      const leaked = keyBytesIn(shown, odd)
      const advice = `${outcome.message} ${outcome.hint}`
      if (outcome.code !== odd.expected || !advice.includes(odd.says ?? '') || leaked.length > 0)
        wrong.push([odd.name, outcome.code, advice, leaked])
      if (!outcome.message.includes(file)) wrong.push([odd.name, 'does not name the file'])
      if (passphrase && shown.includes(passphrase)) wrong.push([odd.name, 'shows the passphrase'])
    } else if (outcome instanceof Error || odd.expected !== 'good') {
      wrong.push([odd.name, outcome])
    } else {
      const key = outcome as Awaited<ReturnType<typeof readSigningKey>>
      const signature = await key.sign(Buffer.from('a'))
      if (key.kid !== pair.kid || !verify('sha256', Buffer.from('a'), pair.publicKeyPem, signature))
        wrong.push([odd.name, 'is another key'])
    }
  }
  expect(wrong).toEqual([])
})

it('each gets exactly the finding for its fault, and no finding shows a byte of it', async () => {
  const wrong: unknown[] = []
  for (const [index, odd] of files.entries()) {
    const { passphrase } = odd
    const source = { file: fileAt(index) }
    const findings = await checkKey({
      privateKey: passphrase === undefined ? source : { ...source, passphrase },
    })
    const refused = findings.filter(({ effect }) => effect === 'refused').map(({ id }) => id)
    const id = odd.expected.replace('ERR_', '').toLowerCase().replaceAll('_', '-')
    const expected = odd.expected === 'good' ? [] : [id]
    if (JSON.stringify(refused) !== JSON.stringify(expected)) wrong.push([odd.name, findings])
    const leaked = keyBytesIn(JSON.stringify(findings), odd)
    if (leaked.length > 0) wrong.push([odd.name, leaked])
  }
  expect(wrong).toEqual([])
})
