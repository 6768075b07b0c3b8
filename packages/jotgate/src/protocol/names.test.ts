import { expect, it } from 'vitest'
import { hopByHopHeaders, qlikHeaders } from './names.ts'

it('has every name in lower case, as it is compared', () => {
  for (const name of [...hopByHopHeaders, ...Object.values(qlikHeaders)])
    expect(name).toBe(name.toLowerCase())
})
