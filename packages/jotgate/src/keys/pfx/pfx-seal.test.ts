import { execFileSync } from 'node:child_process'
import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toBmpBytes } from './der-writer.ts'
import { deriveMacKey, encryptByPassphrase, pfxIterations } from './pfx-seal.ts'

/** OpenSSL's own PKCS#12 key derivation. */
function opensslKey(word: string, salt: Buffer, iterations: number): string {
  const options = {
    digest: 'SHA2-256',
    hexpass: toBmpBytes(`${word}\0`).toString('hex'),
    hexsalt: salt.toString('hex'),
    id: '3',
    iter: String(iterations),
  }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-kdfopt', `${name}:${value}`])
  const command = ['kdf', '-keylen', '32', ...flags, 'PKCS12KDF']
  return execFileSync('openssl', command).toString().trim().replaceAll(':', '').toLowerCase()
}

describe('the key of the MAC', () => {
  it.each([
    ['a', 8, 1],
    ['correct horse battery', 16, 2],
    ['31 characters fill one block---', 64, 3],
    ['32 characters go into the next--', 65, 2_001],
    ['x'.repeat(256), 20, 4_000],
  ])(
    'is the one that OpenSSL derives from %j with %i bytes of salt',
    async (word, size, rounds) => {
      const salt = Buffer.alloc(size, 'salt')
      const key = await deriveMacKey(word, salt, rounds)
      expect(key.toString('hex')).toBe(opensslKey(word, salt, rounds))
    },
  )

  it('gives turns to the event loop', async () => {
    let turns = 0
    let isDone = false
    const count = () => {
      turns += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    await deriveMacKey('correct horse battery', Buffer.alloc(16), 20_000)
    isDone = true
    expect(turns).toBeGreaterThanOrEqual(9)
  })
})

describe('encryption by a passphrase', () => {
  it('uses a new salt and vector each time, and decrypts with what its algorithm says', async () => {
    const word = 'correct horse battery'
    const [one, other] = await Promise.all([
      encryptByPassphrase(Buffer.from('plain'), word),
      encryptByPassphrase(Buffer.from('plain'), word),
    ])
    expect(one.bytes.equals(other.bytes)).toBe(false)
    // The salt stands behind the tag and length of an octet string of 16 bytes, the vector at the end.
    const at = one.algorithm.indexOf(Uint8Array.of(0x04, 16)) + 2
    const salt = one.algorithm.subarray(at, at + 16)
    const vector = one.algorithm.subarray(-16)
    const key = pbkdf2Sync(word, salt, pfxIterations, 32, 'sha256')
    const decipher = createDecipheriv('aes-256-cbc', key, vector)
    expect(Buffer.concat([decipher.update(one.bytes), decipher.final()]).toString()).toBe('plain')
  })
})
