import { found, kindOf, type Reading, readEach, refused } from '../values/index.ts'

/**
 * Reads the further host names of a deployment, whose addresses in answers are rewritten: names alone, since scheme
 * and port are those of the deployment.
 */
export function readHostNames(option: string, value: unknown = []): Reading<string[]> {
  if (!Array.isArray(value) || value.length > 20)
    return refused(option, 'must be an array of at most 20 host names')
  return readEach(value.map((one, at) => readHostName(`${option}[${at}]`, one)))
}

function readHostName(option: string, value: unknown): Reading<string> {
  if (typeof value !== 'string') return refused(option, `must be a string, not ${kindOf(value)}`)
  if (value.length > 253 || !hostName.test(value))
    return refused(option, 'must be a host name alone, such as acme.eu.qlikcloud.com')
  return found(value.toLowerCase())
}

const hostName = /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i
