import { button, code, h, replace, table } from '../../element.ts'
import { call } from '../api.ts'
import { later } from '../later.ts'
import { run, say, type View } from '../view.ts'
import { readSite, type ShownSite } from './site.ts'

function momentOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

type ShownUser = ShownSite['users'][number]

const statesOf = ({ inactive, blacklisted, removedExternally }: ShownUser) =>
  [
    inactive && 'Inactive',
    blacklisted && 'Blocked',
    removedExternally && 'Removed externally',
  ].filter((one) => typeof one === 'string')

/** Who is logged in by which virtual proxy, and the users of the repository. */
export function createSitePeopleView(): View {
  const sessions = h('div')
  const users = h('div')

  const refresh = async () => {
    const site = await readSite()
    const act = (method: string, path: string, words: string, body?: unknown) =>
      run(async () => {
        await call(method, `/client-managed/${path}`, body)
        say(words)
        await refresh()
      })
    replace(
      sessions,
      table(
        'Sessions',
        [
          'User',
          'Virtual proxy',
          'Node',
          'Session',
          'Attributes',
          'Last used (UTC)',
          'Sockets',
          '',
        ],
        site.sessions.map((one) => [
          code(one.user),
          code(one.prefix === '' ? '(none)' : one.prefix),
          one.node,
          code(one.id.slice(0, 8)),
          one.attributes.map(({ name, values }) => `${name}: ${values.join(', ')}`).join('; ') ||
            'none',
          momentOf(one.lastUsedAt),
          one.sockets,
          button(
            'End',
            () => act('DELETE', `sessions/${one.id}`, 'The session has ended, and its sockets.'),
            { class: 'quiet', 'aria-label': `End session ${one.id.slice(0, 8)} of ${one.user}` },
          ),
        ]),
        'Nobody is logged in.',
      ),
    )
    replace(
      users,
      table(
        'Users',
        ['Name', 'User directory', 'User ID', 'Admin roles', 'State', 'Sessions', ''],
        site.users.map((one) => {
          const name = `${one.userDirectory}\\${one.userId}`
          const next = { blacklisted: !one.blacklisted }
          return [
            one.name,
            code(one.userDirectory),
            code(one.userId),
            one.roles.join(', ') || '–',
            statesOf(one).join(', ') || 'Active',
            one.sessions,
            h(
              'span',
              { class: 'tools' },
              button(
                one.blacklisted ? 'Unblock' : 'Block',
                () =>
                  act(
                    'PATCH',
                    `users/${one.id}`,
                    `${name} is ${one.blacklisted ? 'active' : 'blocked'}.`,
                    next,
                  ),
                {
                  class: 'quiet',
                  'aria-label': `${one.blacklisted ? 'Unblock' : 'Block'} ${name}`,
                },
              ),
              one.sessions > 0 &&
                button(
                  'End all',
                  () =>
                    act(
                      'DELETE',
                      `users/${one.id}/sessions`,
                      `The sessions of ${name} have ended.`,
                    ),
                  { class: 'quiet', 'aria-label': `End all sessions of ${name}` },
                ),
            ),
          ]
        }),
      ),
    )
  }

  const element = h(
    'section',
    { 'aria-labelledby': 'site-people-title' },
    h('h1', { id: 'site-people-title' }, 'Users and sessions of the proxies'),
    h('h2', {}, 'Sessions'),
    h('p', { class: 'hint' }, 'Attributes come with the login, and stay as they were then.'),
    sessions,
    h('h2', {}, 'Users'),
    users,
  )
  const refreshLater = later(() => {
    if (element.isConnected) run(refresh)
  })
  return {
    name: 'site-people',
    title: 'Proxy sessions',
    element,
    refresh,
    onEvent: ({ name }) => {
      if (name !== 'frame') refreshLater()
    },
  }
}
