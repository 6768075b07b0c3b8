// Key files truncated at every byte, and with random bits flipped: 500 files, and 10,000 in `npm run test:long`. JOTGATE_TEST_SEED repeats a run.
import { createPrivateKey, randomInt, verify } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { readSigningKey } from './read-signing-key.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const numRuns = 500 * scale

let pair: KeyPair
let forms: Buffer[]
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048 })
  const key = createPrivateKey(pair.privateKeyPem)
  forms = [
    Buffer.from(pair.privateKeyPem),
    key.export({ type: 'pkcs8', format: 'der' }),
    key.export({ type: 'pkcs1', format: 'der' }),
  ]
})

/** Either the same key, which works, or an error that shows nothing of the file. */
async function outcomeOf(bytes: Buffer): Promise<'same' | 'refused'> {
  const outcome = await readSigningKey({ bytes }).catch((error: unknown) => error)
  if (isJotgateError(outcome)) {
    const shown = inspect(outcome, { depth: 9, showHidden: true }) + JSON.stringify(outcome)
    const text = bytes.toString('latin1').replaceAll(/\s/g, '') + bytes.toString('base64')
    const runs = shown.match(/[A-Za-z0-9+/]{16,}|<Buffer/g)?.filter((run) => text.includes(run))
    expect(runs ?? []).toEqual([])
    expect(shown).not.toContain('<Buffer')
    return 'refused'
  }
  const key = outcome as Awaited<ReturnType<typeof readSigningKey>>
  expect(key.kid).toBe(pair.kid)
  const probe = Buffer.from('a')
  expect(verify('sha256', probe, pair.publicKeyPem, await key.sign(probe))).toBe(true)
  return 'same'
}

it('a truncated key file is refused', async () => {
  for (const form of forms) {
    const isText = form === forms[0]
    // A text is complete without its last line break and the dash before it.
    const last = isText ? form.length - 2 : form.length - 1
    for (let length = 0; length <= last; length += 1)
      expect(await outcomeOf(form.subarray(0, length)), `${length} bytes`).toBe('refused')
    expect(await outcomeOf(form)).toBe('same')
  }
})

it('a key file with a flipped bit is still the same key, or refused', async () => {
  const places = fc.record({
    form: fc.nat(2),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  let refused = 0
  const property = fc.asyncProperty(places, async ({ form, place }) => {
    const bytes = Buffer.from(forms[form] ?? [])
    const bit = Math.floor(place * bytes.length * 8)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    if ((await outcomeOf(bytes)) === 'refused') refused += 1
  })
  await fc.assert(property, { seed, numRuns })
  expect(refused).toBeGreaterThan(numRuns / 3)
})
