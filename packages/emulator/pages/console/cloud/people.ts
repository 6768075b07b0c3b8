import { button, code, h, replace, table } from '../../element.ts'
import { call } from '../api.ts'
import { later } from '../later.ts'
import { run, say, type View } from '../view.ts'
import { readTenant } from './tenant.ts'

function momentOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

/** Users, their groups and their sessions, which can be ended. */
export function createPeopleView(): View {
  const users = h('div')
  const sessions = h('div')
  const groups = h('div')

  const refresh = async () => {
    const tenant = await readTenant()
    const nameOf = new Map(tenant.users.map(({ id, name }) => [id, name]))
    const openOf = (userId: string) =>
      tenant.sessions.filter((session) => session.userId === userId).length
    const endAll = (id: string, name: string) =>
      run(async () => {
        const { ended } = await call<{ ended: number }>('DELETE', `/cloud/users/${id}/sessions`)
        say(`${ended} of ${name}’s sessions ended.`)
        await refresh()
      })
    replace(
      sessions,
      table(
        'Sessions',
        ['User', 'Session', 'Began (UTC)', 'Last active (UTC)', 'Sockets', ''],
        tenant.sessions.map((one) => [
          nameOf.get(one.userId) ?? one.userId,
          code(one.id.slice(0, 8)),
          momentOf(one.startedAt),
          momentOf(one.lastActiveAt),
          one.openSockets,
          button(
            'End',
            () =>
              run(async () => {
                await call('DELETE', `/cloud/sessions/${one.id}`)
                say('The session has ended; its sockets were closed with 4006.')
                await refresh()
              }),
            {
              class: 'quiet',
              'aria-label': `End session ${one.id.slice(0, 8)} of ${nameOf.get(one.userId) ?? ''}`,
            },
          ),
        ]),
        'Nobody is logged in.',
      ),
    )
    replace(
      users,
      table(
        'Users',
        ['Name', 'Subject', 'E-mail', 'Status', 'Groups', 'Sessions', ''],
        tenant.users.map((one) => [
          h('span', {}, one.name, one.isAdmin && h('span', { class: 'tag' }, 'administrator')),
          code(one.subject),
          one.email,
          one.status,
          one.groups.join(', ') || 'none',
          openOf(one.id),
          openOf(one.id) > 0 &&
            button('End all', () => endAll(one.id, one.name), {
              class: 'quiet',
              'aria-label': `End all sessions of ${one.name}`,
            }),
        ]),
      ),
    )
    replace(
      groups,
      table(
        'Groups',
        ['Name', 'From', 'Users'],
        tenant.groups.map((one) => [one.name, one.providerType, one.users]),
        tenant.autoCreateGroups
          ? 'None yet: they come with tokens.'
          : 'None, and tokens make none: the creation of groups is off (Set-up).',
      ),
    )
  }

  const element = h(
    'section',
    { 'aria-labelledby': 'people-title' },
    h('h1', { id: 'people-title' }, 'Users and sessions'),
    h('h2', {}, 'Sessions'),
    sessions,
    h('h2', {}, 'Users'),
    users,
    h('h2', {}, 'Groups'),
    groups,
  )
  const refreshLater = later(() => {
    if (element.isConnected) run(refresh)
  })
  return {
    name: 'people',
    title: 'Users & sessions',
    element,
    refresh,
    onEvent: ({ name }) => {
      if (name !== 'frame') refreshLater()
    },
  }
}
