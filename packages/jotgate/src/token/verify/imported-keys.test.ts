import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SigningAlgorithm } from '../../values/index.ts'
import { importPublicKey } from './imported-keys.ts'

afterEach(() => vi.restoreAllMocks())

const e = Uint8Array.of(1, 0, 1)
/** Any odd number of 2048 bits will be imported: whether it is a good key is asked elsewhere. */
const modulus = (index: number) =>
  Uint8Array.from({ length: 256 }, (_, at) => (at < 2 ? 199 + index : 1))

describe('imported keys', () => {
  it('are imported once for each algorithm and pair of numbers, whatever object these come in', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const ask = (algorithm: SigningAlgorithm) => importPublicKey(algorithm, { n: modulus(0), e })
    const first = await ask('RS256')
    expect(await ask('RS256')).toBe(first)
    expect(importKey).toHaveBeenCalledTimes(1)
    const other = await ask('RS512')
    expect(other.algorithm).toMatchObject({ hash: { name: 'SHA-512' } })
    const changed = modulus(0)
    changed[255] = 3
    expect(await importPublicKey('RS256', { n: changed, e })).not.toBe(first)
    expect(importKey).toHaveBeenCalledTimes(3)
    expect(first).toMatchObject({ type: 'public', usages: ['verify'], extractable: false })
  })

  it('are kept up to 32, and the one that was used longest ago goes', async () => {
    const ask = (index: number) => importPublicKey('RS384', { n: modulus(index), e })
    for (let index = 0; index < 32; index += 1) await ask(index)
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    await ask(0)
    await ask(40)
    expect(importKey).toHaveBeenCalledTimes(1)
    await ask(0)
    expect(importKey).toHaveBeenCalledTimes(1)
    await ask(1)
    expect(importKey).toHaveBeenCalledTimes(2)
  })

  it('that cannot be imported are tried again', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(new Error('busy'))
    const numbers = { n: modulus(50), e }
    await expect(importPublicKey('RS256', numbers)).rejects.toThrow('busy')
    await importPublicKey('RS256', numbers)
    expect(importKey).toHaveBeenCalledTimes(2)
  })
})
