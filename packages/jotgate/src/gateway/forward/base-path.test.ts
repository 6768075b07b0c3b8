import { describe, expect, it } from 'vitest'
import { createBasePath } from './base-path.ts'

const publicUrl = 'https://qlik.acme.example'

describe('the same prefix on both sides', () => {
  const base = createBasePath('/jwt')
  it.each([
    ['/jwt/hub/', '/hub/'],
    ['/jwt/', '/'],
    ['/jwt', undefined],
    ['/', undefined],
    ['/hub/', undefined],
    ['/jwtx/hub/', undefined],
    ['/JWT/hub/', undefined],
  ])('has below it, of %s, %s', (path, below) => {
    expect(base.below(path)).toBe(below)
    if (below !== undefined) expect(base.toQlik(below)).toBe(path)
  })

  it('leaves addresses as they are', () => {
    expect(base.own).toBe('/jwt')
    expect(base.fromQlik('/jwt/hub/', publicUrl)).toBe('/jwt/hub/')
  })
})

describe('at the root', () => {
  const base = createBasePath('/jwt', { atRoot: true })
  it.each([
    ['/hub/', '/jwt/hub/'],
    ['/jwt/hub/', '/jwt/hub/'],
    ['/', '/jwt/'],
    ['/jwt', '/jwt/jwt'],
    ['/other/hub/', '/jwt/other/hub/'],
    ['/jwtx/', '/jwt/jwtx/'],
  ])('%s is at Qlik %s', (path, atQlik) => {
    expect(base.toQlik(base.below(path) ?? 'none')).toBe(atQlik)
  })

  it.each([
    ['/jwt/hub/?a=/jwt/b', '/hub/?a=/jwt/b'],
    ['https://qlik.acme.example/jwt/hub/', 'https://qlik.acme.example/hub/'],
    ['/hub/', '/hub/'],
    ['hub/', 'hub/'],
    ['', ''],
    ['https://qlik.acme.example', 'https://qlik.acme.example'],
    ['https://other.example/jwt/hub/', 'https://other.example/jwt/hub/'],
    ['https://qlik.acme.example.evil/jwt/', 'https://qlik.acme.example.evil/jwt/'],
    ['//jwt/hub/', '//jwt/hub/'],
    // Without the prefix these would lead to another host.
    ['/jwt//evil.example/', '/jwt//evil.example/'],
    ['/jwt/\\evil.example/', '/jwt/\\evil.example/'],
  ])('%s of Qlik’s is %s here', (address, here) => {
    expect(base.fromQlik(address, publicUrl)).toBe(here)
  })
})

it('has all paths below it when Qlik has no prefix', () => {
  for (const atRoot of [false, true]) {
    const base = createBasePath('', { atRoot })
    expect(base.below('/jwt/hub/')).toBe('/jwt/hub/')
    expect(base.toQlik('/jwt/hub/')).toBe('/jwt/hub/')
    expect(base.own).toBe('')
  }
})
