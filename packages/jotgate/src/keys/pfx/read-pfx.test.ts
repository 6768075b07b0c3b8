import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkKey } from '../check/check-key.ts'
import { readSigningKey } from '../read/read-signing-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const openssl = (...command: string[]) =>
  execFileSync('openssl', command, { cwd: folder, stdio: 'pipe' })
const pfxOf = (name: string) => ({ bytes: readFileSync(join(folder, name)), passphrase: 'word' })

/** A key and certificate named `name`, self-signed or by the authority `ca`, as `name.pfx`. */
function make(name: string, bits: number, ca?: string): void {
  const subject = ['-subj', `/CN=${name}`, '-nodes', '-keyout', `${name}.key`]
  if (ca === undefined)
    openssl('req', '-x509', '-newkey', `rsa:${bits}`, ...subject, '-out', `${name}.cer`)
  else {
    openssl('req', '-newkey', `rsa:${bits}`, ...subject, '-out', `${name}.csr`)
    const authority = ['-CA', `${ca}.cer`, '-CAkey', `${ca}.key`, '-CAcreateserial']
    openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-out', `${name}.cer`)
  }
  const chain = ca === undefined ? [] : ['-certfile', `${ca}.cer`]
  const halves = ['-inkey', `${name}.key`, '-in', `${name}.cer`, ...chain]
  openssl('pkcs12', '-export', ...halves, '-passout', 'pass:word', '-out', `${name}.pfx`)
}

describe('a PFX file', () => {
  beforeAll(() => {
    make('small', 1024)
    make('leaf', 2048, 'small')
    make('QlikClient', 2048, 'small')
  })

  it('with a key of 1024 bits is refused for its size', async () => {
    await expect(readSigningKey(pfxOf('small.pfx'))).rejects.toMatchObject({
      code: 'ERR_KEY_SIZE',
      details: { bits: 1024 },
    })
    const findings = await checkKey({ privateKey: pfxOf('small.pfx') })
    expect(findings.filter(({ blocks }) => blocks).map(({ id }) => id)).toContain('key-size')
  })

  it('with a small certificate of an authority is read, and its own certificate is found', async () => {
    expect((await readSigningKey(pfxOf('leaf.pfx'))).alg).toBe('RS256')
    await expect(readSigningKey(pfxOf('QlikClient.pfx'))).rejects.toMatchObject({
      code: 'ERR_KEY_QLIK_OWN',
    })
    const wrong = { ...pfxOf('leaf.pfx'), passphrase: 'another' }
    await expect(readSigningKey(wrong)).rejects.toMatchObject({ code: 'ERR_KEY_PASSPHRASE' })
  })
})
