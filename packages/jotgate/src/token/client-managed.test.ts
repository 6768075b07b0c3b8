import { describe, expect, it } from 'vitest'
import { type ClientManagedOptions, clientManaged, readClientManaged } from './client-managed.ts'

const options: ClientManagedOptions = {
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
}
const made = (change: Record<string, unknown>) =>
  clientManaged({ ...options, ...change } as ClientManagedOptions)
const withClaims = (change: Record<string, unknown>) =>
  made({ claims: { ...options.claims, ...change } })

describe('a client-managed deployment', () => {
  it('is the proxy, the virtual proxy and its names, deeply frozen', () => {
    const claims = { userId: 'uid', userDirectory: 'dir', attributes: { department: 'dept' } }
    const server = made({ url: 'https://Sense.acme.example/', claims, audience: 'qlik' })
    expect(server).toEqual({
      product: 'client-managed',
      url: 'https://sense.acme.example',
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims,
      audience: 'qlik',
      algorithms: ['RS256', 'RS384', 'RS512'],
    })
    expect(Object.isFrozen(server)).toBe(true)
    expect(Object.isFrozen(server.claims)).toBe(true)
    expect(Object.isFrozen(server.claims.attributes)).toBe(true)
    claims.attributes.department = 'iss'
    expect(server.claims.attributes).toEqual({ department: 'dept' })
  })

  it('accepts the default virtual proxy, fewer algorithms, and a constant directory', () => {
    expect(made({ prefix: '' }).prefix).toBe('')
    expect(made({ algorithms: ['RS512', 'RS512'] }).algorithms).toEqual(['RS512'])
    expect(withClaims({ userDirectory: '[ACME]' }).claims.userDirectory).toBe('[ACME]')
    expect(withClaims({ userId: 'sub' }).claims.userId).toBe('sub')
  })

  it.each(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'])(
    'refuses %s as the name of any claim',
    (name) => {
      const problem = `is ${name}, a name that JWT itself uses`
      for (const change of [
        { userId: name },
        { userDirectory: name },
        { groups: name },
        { attributes: { department: name } },
      ]) {
        const option = `claims.${'attributes' in change ? 'attributes.department' : Object.keys(change)[0]}`
        expect(() => withClaims(change)).toThrow(
          expect.objectContaining({ code: 'ERR_TOKEN_DEPLOYMENT', details: { option, problem } }),
        )
      }
    },
  )

  it.each([
    [{ url: 'http://sense.acme.example' }, 'url', /http is allowed for loopback/],
    [{ prefix: 'JWT' }, 'prefix', /a-z, 0-9/],
    [{ prefix: 'a/b' }, 'prefix', /a-z, 0-9/],
    [{ prefix: '..' }, 'prefix', /dot segment/],
    [{ prefix: undefined }, 'prefix', /'' is the default/],
    [{ userDirectory: '' }, 'userDirectory', /empty/],
    [{ claims: undefined }, 'claims', /must be an object/],
    [{ audience: '' }, 'audience', /empty/],
    [{ algorithms: [] }, 'algorithms', /array/],
    [{ algorithms: ['HS256'] }, 'algorithms', /only/],
    [{ algorithms: ['ES256'] }, 'algorithms', /only/],
  ])('refuses %j', (change, option, problem) => {
    expect(() => made(change)).toThrow(
      expect.objectContaining({
        code: 'ERR_TOKEN_DEPLOYMENT',
        details: { option, problem: expect.stringMatching(problem) },
      }),
    )
  })

  it.each([
    [{ userId: '' }, 'claims.userId', /empty/],
    [{ userId: 'a\n' }, 'claims.userId', /control/],
    [{ userId: '[a]' }, 'claims.userId', /square brackets/],
    [{ userDirectory: 'userId' }, 'claims.userDirectory', /another claim/],
    [{ userDirectory: '[]' }, 'claims.userDirectory', /empty/],
    [{ userDirectory: '[OTHER]' }, 'claims.userDirectory', /constant that differs/],
    [{ attributes: { a: 'group' } }, 'claims.attributes.a', /another claim/],
    [{ attributes: ['a'] }, 'claims.attributes', /must be an object/],
  ])('refuses the names %j', (change, option, problem) => {
    expect(() => withClaims(change)).toThrow(
      expect.objectContaining({ details: { option, problem: expect.stringMatching(problem) } }),
    )
  })

  it('has all its problems reported together', () => {
    const optionsWith = (change: object) =>
      readClientManaged({ ...options, ...change }).problems?.map(({ option }) => option) ?? []
    const claims = { userId: 'exp', userDirectory: 'iss' }
    expect(
      optionsWith({
        url: 'x',
        prefix: 'A',
        userDirectory: '',
        claims: { userId: '' },
        audience: '',
      }),
    ).toEqual([
      'url',
      'prefix',
      'userDirectory',
      'claims.userId',
      'claims.userDirectory',
      'audience',
    ])
    expect(optionsWith({ claims })).toEqual(['claims.userId', 'claims.userDirectory'])
    const constant = { userId: 'userId', userDirectory: '[ACME]' }
    expect(optionsWith({ userDirectory: 'B', claims: constant })).toEqual(['claims.userDirectory'])
    expect(optionsWith({ claims: constant })).toEqual([])
  })
})
