import { describe, expect, it } from 'vitest'
import { readHostNames } from './host-names.ts'

describe('further host names', () => {
  it('are names alone, in lower case', () => {
    expect(readHostNames('hostNames').value).toEqual([])
    expect(readHostNames('hostNames', ['Acme.qlikcloud.com', 'a-b']).value).toEqual([
      'acme.qlikcloud.com',
      'a-b',
    ])
  })

  it.each(['https://acme.qlikcloud.com', 'acme:443', 'a/b', 'x y', '', 'a..b', '*.acme', 'a.', 5])(
    'refuses %j, which no address would match',
    (name) => {
      expect(readHostNames('hostNames', ['acme', name]).problems?.[0]).toMatchObject({
        option: 'hostNames[1]',
      })
    },
  )

  it('refuses too many', () => {
    expect(readHostNames('hostNames', Array(21).fill('a')).problems).toHaveLength(1)
    expect(readHostNames('hostNames', 'acme').problems).toHaveLength(1)
  })
})
