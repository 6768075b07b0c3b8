import type { JotgateError } from '../../errors/index.ts'
import { optionError } from '../immediate-errors.ts'

/** What the options of `connect` must be. */
const problems = {
  mode: 'must be direct or gateway',
  product: 'must be cloud or client-managed',
  prefix:
    'must be the prefix of the virtual proxy alone: lower-case letters, digits, - . _ and ~, without slashes',
  url: 'must be an origin such as https://acme.eu.qlikcloud.com, without a path (a prefix has its own option); http is for loopback names only',
  assertion: 'must be a function that gives a token, or be omitted',
  token: 'must be { url } or a function',
  timeoutMs: 'must be a whole number from 1 to 300000',
  webIntegrationId: 'must be the ID alone, without spaces, slash or quotes',
} as const

/** An option of `connect` that may be wrong. */
export type CheckedOption = keyof typeof problems

export function wrongOption(option: CheckedOption): JotgateError {
  return optionError({ option, problem: problems[option] })
}
