import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom, mutate } from './mutate.fixture.ts'
import { problemOf } from './target.fixture.ts'
import { fuzzTargets } from './targets.fixture.ts'

const corpora: Record<string, string[]> = JSON.parse(
  readFileSync(new URL('corpus.json', import.meta.url), 'utf8'),
)
const { JOTGATE_TEST_SCALE: scale = '1', JOTGATE_TEST_SEED: seed = '1' } = process.env
const runs = Math.ceil(400 * Number(scale))

it('has a corpus for each parser, and for nothing else', () => {
  expect(Object.keys(corpora)).toEqual(fuzzTargets.map(({ name }) => name))
})

describe.each(fuzzTargets)('G-R3 the parser of $name', ({ name, seeds, check }) => {
  const corpus = [...seeds, ...(corpora[name] ?? [])]

  it('holds for every input that was kept', async () => {
    for (const input of corpus) expect(await problemOf(check, input)).toBeUndefined()
  })

  it(`holds for ${runs} changed ones (seed ${seed})`, async () => {
    const random = createRandom(Number(seed))
    const any = () => corpus[Math.floor(random() * corpus.length)] ?? ''
    for (let run = 0; run < runs; run += 1) {
      const input = mutate(any(), any(), random)
      expect(await problemOf(check, input)).toBeUndefined()
    }
  })
})
