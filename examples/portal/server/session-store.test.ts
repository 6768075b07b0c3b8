import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSessionStore } from './session-store.ts'

function startStore(options: { maximumSessions?: number } = {}) {
  let now = 0
  const store = createSessionStore({ clock: () => now, randomBytes, ...options })
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { store, pass, open: (userId: string) => store.open(userId) ?? 'no session' }
}

describe('a portal session', () => {
  it('has an ID of 256 random bits, another one each time', () => {
    const { open } = startStore()
    const ids = Array.from({ length: 50 }, () => open('ada'))
    expect(new Set(ids).size).toBe(50)
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(32)
  })

  it('lives to the last millisecond of half an hour unused, and not longer', () => {
    const { store, pass, open } = startStore()
    const id = open('ada')
    pass(1800 - 0.001)
    expect(store.find(id)).toMatchObject({ userId: 'ada' })
    pass(1800)
    expect(store.find(id)).toBeUndefined()
  })

  it('ends after eight hours, however busy', () => {
    const { store, pass, open } = startStore()
    const id = open('ada')
    for (let minutes = 20; minutes < 480; minutes += 20) {
      pass(20 * 60)
      expect(store.find(id)).toBeDefined()
    }
    pass(20 * 60)
    expect(store.find(id)).toBeUndefined()
  })

  it('ends for good', () => {
    const { store, open } = startStore()
    const id = open('ada')
    store.end(id)
    store.end('unknown')
    expect(store.find(id)).toBeUndefined()
  })
})

describe('a full store', () => {
  it('turns newcomers away and keeps who is in', () => {
    const { store, open } = startStore({ maximumSessions: 2 })
    const ids = [open('ada'), open('bjorn')]
    expect(store.open('chidi')).toBeUndefined()
    expect(ids.map((id) => store.find(id)?.userId)).toEqual(['ada', 'bjorn'])
  })

  it('has room again when sessions ended by themselves', () => {
    const { store, pass, open } = startStore({ maximumSessions: 2 })
    open('ada')
    open('bjorn')
    pass(1800)
    expect(store.open('chidi')).toBeDefined()
  })
})
