// What every property test takes unless it says otherwise: the seed of this run, so that a failure
// can be reproduced, and the counts of this run (fast-check's 100, twenty times as many in
// `npm run test:long`, and a sample of five on the other Nodes).
import fc from 'fast-check'

const { JOTGATE_TEST_SEED: seed, JOTGATE_TEST_SCALE: scale = '1' } = process.env

fc.configureGlobal({
  numRuns: Math.ceil(100 * Number(scale)),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
})
