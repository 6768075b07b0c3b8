import { beforeEach, describe, expect, it } from 'vitest'
import { createTickets, type Tickets } from './tickets.ts'

let nowMs: number
let tickets: Tickets
beforeEach(() => {
  nowMs = 0
  tickets = createTickets(() => new Date(nowMs))
})

const holder = {
  virtualProxyId: 'one',
  user: { directory: 'ACME', id: 'ada' },
  attributes: new Map([['group', ['sales']]]),
}

describe('a ticket', () => {
  it('stands for its user once', () => {
    const ticket = tickets.issue(holder)
    expect(tickets.issue(holder)).not.toBe(ticket)
    expect(tickets.take(ticket)).toEqual(holder)
    expect(tickets.take(ticket)).toBeUndefined()
    expect(tickets.take('')).toBeUndefined()
  })

  it('is good for a minute', () => {
    const [first, second] = [tickets.issue(holder), tickets.issue(holder)]
    nowMs = 60_000
    expect(tickets.take(first)).toEqual(holder)
    nowMs = 60_001
    expect(tickets.take(second)).toBeUndefined()
  })

  it('is forgotten with all others', () => {
    const ticket = tickets.issue(holder)
    tickets.clear()
    expect(tickets.take(ticket)).toBeUndefined()
  })
})
