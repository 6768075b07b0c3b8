import { button, code, h, replace, table } from '../../element.ts'
import { call } from '../api.ts'
import { createForm } from '../form.ts'
import { later } from '../later.ts'
import { run, say, type View } from '../view.ts'
import { readSite, type ShownSite } from './site.ts'
import { toTexts, virtualProxyFields } from './virtual-proxy-form.ts'

const methods = ['Ticket', 'Header (static)', 'Header (dynamic)', 'SAML', 'JWT', 'OIDC'] as const

type Shown = ShownSite['virtualProxies'][number]

const nameOf = ({ prefix, description }: Shown) => prefix || description

/** The virtual proxies, the QMC's form for one, and its link to the proxies. */
export function createVirtualProxiesView(): View {
  const list = h('div')
  const notices = h('div')
  const saved = h('div', { class: 'saved', role: 'status' })
  const summary = h('summary', {}, 'Create new')
  let edited: string | undefined
  let site: ShownSite | undefined

  const change = (method: string, path: string, words: string) =>
    run(async () => {
      await call(method, `/client-managed/virtual-proxies/${path}`)
      say(words)
      await refresh()
    })
  const linkButtons = (one: Shown) =>
    (site?.nodes ?? []).map(({ id, name }) => {
      const isLinked = one.linkedTo.includes(id)
      const words = isLinked
        ? `No longer linked to ${name}: its sessions there have ended.`
        : `Linked to ${name}.`
      const label = isLinked ? `Unlink from ${name}` : `Link to ${name}`
      return button(
        label,
        () => change(isLinked ? 'DELETE' : 'PUT', `${one.id}/links/${id}`, words),
        { class: 'quiet', 'aria-label': `${label}: ${nameOf(one)}` },
      )
    })
  const nodeNames = (ids: readonly string[]) =>
    ids.map((id) => site?.nodes.find((node) => node.id === id)?.name ?? id).join(', ')

  const form = createForm<{ id: string; notices: Shown['notices'] }>({
    id: 'virtual-proxy',
    label: 'Virtual proxy',
    fields: virtualProxyFields,
    path: '/client-managed/virtual-proxies',
    submit: 'Apply',
    toBody: (texts) => ({ ...texts, ...(edited === undefined ? {} : { id: edited }) }),
    onSaved({ notices: found }) {
      edited = undefined
      summary.textContent = 'Create new'
      details.open = false
      replace(
        saved,
        h('p', {}, h('strong', {}, 'Successfully updated.')),
        ...found.map(({ text }) => h('p', {}, text)),
      )
      run(refresh)
    },
  })
  const details = h('details', { class: 'new' }, summary, form.element)
  const edit = (one: Shown) => {
    edited = one.id
    for (const [name, text] of Object.entries(toTexts(one, site?.nodes ?? [])))
      form.input(name).value = text
    summary.textContent = `Edit ${nameOf(one)}`
    details.open = true
    form.input('description').focus()
  }

  const refresh = async () => {
    site = await readSite()
    replace(
      list,
      table(
        'All virtual proxies',
        [
          'Prefix',
          'Description',
          'Method',
          'User ID and directory',
          'Cookie',
          'Linked to',
          'Sessions',
          '',
        ],
        site.virtualProxies.map((one) => [
          code(one.prefix === '' ? '(none)' : one.prefix),
          one.description,
          methods[one.authenticationMethod] ?? one.authenticationMethod,
          one.authenticationMethod === 4
            ? h('span', {}, code(one.jwtAttributeUserId), ' ', code(one.jwtAttributeUserDirectory))
            : '–',
          code(one.sessionCookieHeaderName),
          nodeNames(one.linkedTo) || h('span', { class: 'tag', 'data-kind': 'bad' }, 'not linked'),
          one.sessions,
          h(
            'span',
            { class: 'tools' },
            button('Edit', () => edit(one), {
              class: 'quiet',
              'aria-label': `Edit ${nameOf(one)}`,
            }),
            ...linkButtons(one),
            !one.defaultVirtualProxy &&
              button(
                'Delete',
                () => change('DELETE', one.id, 'Deleted: its sessions have ended.'),
                {
                  class: 'quiet',
                  'aria-label': `Delete ${nameOf(one)}`,
                },
              ),
          ),
        ]),
      ),
    )
    const found = site.virtualProxies.flatMap((one) =>
      one.notices.map(({ text }) => h('li', {}, h('strong', {}, `${nameOf(one)}: `), text)),
    )
    replace(notices, found.length > 0 && h('ul', { class: 'advice' }, ...found))
  }

  const element = h(
    'section',
    { 'aria-labelledby': 'virtual-proxies-title' },
    h('h1', { id: 'virtual-proxies-title' }, 'Virtual proxies'),
    h(
      'p',
      {},
      'What an administrator does in the QMC. A change, and each link, ends the sessions of that virtual proxy, unless a switch says otherwise.',
    ),
    list,
    notices,
    details,
    saved,
  )
  const refreshLater = later(() => {
    if (element.isConnected) run(refresh)
  })
  return {
    name: 'virtual-proxies',
    title: 'Virtual proxies',
    element,
    refresh,
    onEvent: ({ name }) => {
      if (name === 'request') refreshLater()
    },
  }
}
