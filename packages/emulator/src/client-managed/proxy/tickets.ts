import { randomBytes } from 'node:crypto'
import type { UserName } from '../repository/users.ts'

/** What QPS gave a ticket for. */
export interface TicketHolder {
  readonly virtualProxyId: string
  readonly user: UserName
  readonly attributes: ReadonlyMap<string, readonly string[]>
}

/** Tickets that open a session once: `?qlikTicket=…` at any address of the virtual proxy. */
export interface Tickets {
  issue(holder: TicketHolder): string
  /** What the ticket stands for; it is used up, whether or not it fits. */
  take(ticket: string): TicketHolder | undefined
  clear(): void
}

/** “About a minute”; Qlik’s pages name no figure that was found. */
const lifetimeMs = 60_000
const limit = 10_000

/** Makes the tickets of a site. */
export function createTickets(now: () => Date): Tickets {
  const issued = new Map<string, TicketHolder & { readonly untilMs: number }>()
  return {
    issue(holder) {
      const ticket = randomBytes(12).toString('base64url')
      if (issued.size >= limit) issued.clear()
      issued.set(ticket, { ...holder, untilMs: now().getTime() + lifetimeMs })
      return ticket
    },
    take(ticket) {
      const found = issued.get(ticket)
      issued.delete(ticket)
      if (found === undefined || now().getTime() > found.untilMs) return undefined
      const { untilMs: _, ...holder } = found
      return holder
    },
    clear: () => issued.clear(),
  }
}
