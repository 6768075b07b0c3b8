import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { factorWeakness } from './factors.ts'

const randomKey = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' })

it.each([2048, 2049, 3071, 3072])('the factors of a random key of %i bits are not weak', (bits) => {
  expect(factorWeakness(randomKey(bits))).toBeUndefined()
})

it('numbers that do not match are not the factors of a key', () => {
  const [jwk, other] = [randomKey(2048), randomKey(2048)]
  for (const name of ['n', 'e', 'd', 'p', 'q', 'dp', 'dq'] as const) {
    const changed = name === 'e' ? 'Aw' : other[name]
    expect(factorWeakness({ ...jwk, [name]: changed }), name).toBe('other-factors')
    expect(factorWeakness({ ...jwk, [name]: undefined }), name).toBe('other-factors')
  }
  const [one, nothing] = ['AQ', '']
  expect(factorWeakness({ ...jwk, p: one, q: jwk.n ?? '' })).toBe('other-factors')
  expect(factorWeakness({ ...jwk, n: nothing, p: nothing, q: nothing })).toBe('other-factors')
})
