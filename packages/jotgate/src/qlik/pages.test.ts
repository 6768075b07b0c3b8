import { describe, expect, it } from 'vitest'
import { pagesOf } from './pages.ts'

const first = new URL('https://acme.example/api/v1/items?limit=2')
const collect = async (pages: Record<string, unknown>) => {
  const read: string[] = []
  const found: unknown[] = []
  const walk = async () => {
    for await (const items of pagesOf(first, async (url) => {
      read.push(url.href)
      return pages[url.pathname + url.search]
    }))
      found.push(...items)
  }
  const error = await walk().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { read, found, error }
}
const next = (href: unknown) => ({ next: { href } })

describe('pages of a list', () => {
  it('are read one after the other, by absolute and relative links', async () => {
    const { found, read, error } = await collect({
      '/api/v1/items?limit=2': { data: [1, 2], links: next(`${first.origin}/api/v1/items?n=2`) },
      '/api/v1/items?n=2': { data: [], links: next('?n=3') },
      '/api/v1/items?n=3': { data: [3] },
    })
    expect({ found, error }).toEqual({ found: [1, 2, 3], error: undefined })
    expect(read).toHaveLength(3)
  })

  it.each([undefined, null, 7, [], {}, next(null), next(''), next(7), { next: null }])(
    'end where links are %j',
    async (links) => {
      const { found, error } = await collect({ '/api/v1/items?limit=2': { data: [1], links } })
      expect({ found, error }).toEqual({ found: [1], error: undefined })
    },
  )

  it.each(['https://evil.example/x', '//evil.example/x', 'http://acme.example/x', 'http://['])(
    'do not lead to %s, and do not seem to end there',
    async (href) => {
      const { found, read, error } = await collect({
        '/api/v1/items?limit=2': { data: [1], links: next(href) },
      })
      expect(found).toEqual([1])
      expect(read).toHaveLength(1)
      expect(error).toMatchObject({ code: 'ERR_QLIK_REDIRECT' })
    },
  )

  it.each([undefined, 'text', [1], {}, { data: {} }, { data: null }])(
    'are none in %j',
    async (page) => {
      const { error } = await collect({ '/api/v1/items?limit=2': page })
      expect(error).toMatchObject({ details: { problem: 'is not a list' } })
    },
  )

  it('do not go round in circles', async () => {
    const { read, error } = await collect({
      '/api/v1/items?limit=2': { data: [1], links: next('?n=2') },
      '/api/v1/items?n=2': { data: [2], links: next('?limit=2') },
    })
    expect(read).toHaveLength(2)
    expect(error).toMatchObject({ details: { problem: 'has pages without end' } })
  })
})
