import { describe, expect, it } from 'vitest'
import { gatewayRequest } from '../request.fixture.ts'
import { readSite } from '../site.ts'
import { createCors } from './cors.ts'

const page = 'https://www.acme.example'
const cors = createCors(readSite('https://qlik.acme.example', [page]))

const ask = (headers: Record<string, string>, method = 'OPTIONS') =>
  gatewayRequest({ method, target: '/api/v1/items', headers })

describe('what a page of another origin may read (T-C12)', () => {
  it('is an answer to a listed origin, by its exact name and with credentials', () => {
    const fields = Object.fromEntries(cors.fieldsFor(ask({ origin: page }, 'GET')))
    expect(fields).toMatchObject({
      vary: 'Origin',
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
    })
    expect(fields['access-control-expose-headers']).toContain('qlik-csrf-token')
  })

  it.each(['null', 'https://evil.example', 'https://www.acme.example.evil.example', '*', ''])(
    'is nothing for the origin %j',
    (origin) => {
      expect(cors.fieldsFor(ask({ origin }, 'GET'))).toEqual([['vary', 'Origin']])
    },
  )

  it('varies also without an Origin, so that no cache mixes them up', () => {
    expect(cors.fieldsFor(ask({}, 'GET'))).toEqual([['vary', 'Origin']])
  })
})

describe('the question before a request', () => {
  const question = {
    origin: page,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,qlik-csrf-token',
  }

  it('is answered for a listed origin', () => {
    expect(Object.fromEntries(cors.preflight(ask(question)) ?? [])).toEqual({
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'content-type,qlik-csrf-token',
      'access-control-max-age': '600',
    })
  })

  it('allows nothing to other origins', () => {
    expect(cors.preflight(ask({ ...question, origin: 'null' }))).toEqual([['vary', 'Origin']])
  })

  it.each(['a\tb', 'a:b', 'x'.repeat(65), Array(70).fill('a').join(','), '*'])(
    'repeats no field names of another form: %.20j',
    (names) => {
      const answer = cors.preflight(ask({ ...question, 'access-control-request-headers': names }))
      expect(Object.fromEntries(answer ?? [])).not.toHaveProperty('access-control-allow-headers')
    },
  )

  it('is not seen without what it asks, or by another method', () => {
    expect(cors.preflight(ask({ origin: page }))).toBeUndefined()
    expect(cors.preflight(ask(question, 'POST'))).toBeUndefined()
  })
})
