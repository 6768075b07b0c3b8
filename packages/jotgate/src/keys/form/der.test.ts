import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readSigningKey } from '../read/read-signing-key.ts'
import { labelOfDer } from './der.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'der' })
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
const spki = publicKey.export({ type: 'spki', format: 'der' })

/** The same sequence with an indefinite length, as BER allows. */
const toBer = (der: Buffer) =>
  Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(4), Buffer.of(0, 0)])

describe('bytes with indefinite lengths', () => {
  it('are recognised by what they hold', async () => {
    expect(labelOfDer(toBer(pkcs1))).toBe('RSA PRIVATE KEY')
    expect(labelOfDer(toBer(pkcs8))).toBe('PRIVATE KEY')
    expect(labelOfDer(toBer(spki))).toBe('PUBLIC KEY')
    expect(labelOfDer(Buffer.from('3080020103308006092a864886f70d01070100000000', 'hex'))).toBe(
      'PKCS12',
    )
    const { kid } = await readSigningKey({ bytes: pkcs1 })
    for (const der of [pkcs1, pkcs8])
      expect((await readSigningKey({ bytes: toBer(der) })).kid).toBe(kid)
    await expect(readSigningKey({ bytes: toBer(spki) })).rejects.toMatchObject({
      code: 'ERR_KEY_WRONG_HALF',
    })
  })

  it.each([
    ['no end', Buffer.concat([Buffer.of(0x30, 0x80), pkcs1.subarray(4)])],
    ['bytes after the end', Buffer.concat([toBer(pkcs1), Buffer.of(0)])],
    ['too many levels', Buffer.from('3080'.repeat(30_000), 'hex')],
    ['a length beyond the end', Buffer.from('308002ff0000', 'hex')],
  ])('with %s are not recognised', (_, bytes) => {
    expect(labelOfDer(bytes)).toBeUndefined()
  })
})
