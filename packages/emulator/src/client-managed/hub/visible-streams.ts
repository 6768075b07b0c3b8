import type { ClientManaged } from '../client-managed.ts'
import { askRules } from '../proxy/ask-rules.ts'
import type { ProxySession } from '../proxy/sessions.ts'
import type { App } from '../repository/apps.ts'

/** A stream with its apps; a person's own apps come without an ID. */
export interface VisibleStream {
  readonly id?: string
  readonly name: string
  readonly apps: readonly { readonly id: string; readonly name: string }[]
}

/** What the hub lists for somebody: their own unpublished apps, and the streams and apps that rules let them read. */
export function listVisibleStreams(
  site: Pick<ClientManaged, 'repository'>,
  session: ProxySession,
): VisibleStream[] {
  const { repository } = site
  const user = repository.findUser(session.user)
  const readable = repository.apps
    .list()
    .filter((entity) => askRules(site, session, { resource: { type: 'App', entity } }).allowed)
  const show = (apps: readonly App[]) => apps.map(({ id, name }) => ({ id, name }))
  const own = readable.filter(
    ({ stream, owner }) => stream === null && user !== undefined && owner.id === user.id,
  )
  const streams = repository.streams
    .list()
    .filter((entity) => askRules(site, session, { resource: { type: 'Stream', entity } }).allowed)
  return [
    ...(own.length === 0 ? [] : [{ name: 'Work', apps: show(own) }]),
    ...streams.map(({ id, name }) => ({
      id,
      name,
      apps: show(readable.filter(({ stream }) => stream?.id === id)),
    })),
  ]
}
