import { qlikErrors } from './errors.ts'

/** An ID as a path segment. */
export function idSegment(id: unknown): string {
  if (typeof id === 'string' && /^[\w-]{1,128}$/.test(id)) return id
  const problem = 'must be the id that Qlik gave'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'id', problem })
}
