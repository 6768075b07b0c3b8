import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importX509, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { createKeyPair } from '../../keys/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

/** A line without one of its options. */
export const without = (args: string[], flag: string) => args.toSpliced(args.indexOf(flag), 2)

/** A line with another value for one of its options. */
export const withValue = (args: string[], flag: string, value: string) =>
  args.with(args.indexOf(flag) + 1, value)

/** Old lines as scripts have them, with a folder and a key pair of their own. */
export async function prepareOldLines() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-old-lines-'))
  const at = (name: string) => join(folder, name)
  const pair = await createKeyPair({ bits: 2048 })
  await writeFile(at('privatekey.pem'), pair.privateKeyPem, { mode: 0o600 })
  await writeFile(at('publickey.pem'), pair.publicKeyPem)
  await writeFile(at('publickey.cer'), pair.certificatePem)
  const key = ['--cert-privatekey-file', at('privatekey.pem')]

  async function run(...args: string[]) {
    const terminal = memoryTerminal({ folder })
    const exitCode = await runCli(args, terminal)
    return { exitCode, out: terminal.out, err: terminal.err }
  }

  /** Runs a line that makes a token, and verifies it. */
  async function tokenOf(...args: string[]) {
    const { exitCode, out, err } = await run(...args)
    expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^eyJ\S+\n$/)
    const verified = await jwtVerify(out.trim(), await importX509(pair.certificatePem, 'RS256'))
    return { header: verified.protectedHeader, payload: verified.payload, err, token: out.trim() }
  }

  return {
    folder,
    at,
    pair,
    run,
    tokenOf,
    qseow: (...more: string[]) => [
      'create-qseow',
      ...['--userdir', 'ACME', '--userid', 'ada', '--audience', 'hdr', '--expires', '60m'],
      ...key,
      ...more,
    ],
    qscloud: (...more: string[]) => [
      'create-qscloud',
      ...['--username', 'Ada', '--useremail', 'Ada@acme.example', '--useremail-verified', 'true'],
      ...['--issuer', 'acme.example', '--keyid', 'acme-1', '--expires', '60m'],
      ...key,
      ...more,
    ],
    remove: () => rm(folder, { recursive: true }),
  }
}
