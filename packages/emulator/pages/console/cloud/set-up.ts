import { button, code, h, replace, table } from '../../element.ts'
import { call } from '../api.ts'
import { createForm } from '../form.ts'
import { later } from '../later.ts'
import { run, say, type View } from '../view.ts'
import { readTenant } from './tenant.ts'

interface SavedProvider {
  readonly generated: readonly string[]
  readonly resource: {
    readonly options: {
      readonly issuer: string
      readonly staticKeys: readonly { readonly kid: string }[]
    }
  }
}

/** What an administrator sets up so that tokens are trusted and pages let in. */
export function createSetUpView(): View {
  const providers = h('div')
  const integrations = h('div')
  const saved = h('div', { class: 'saved', role: 'status' })
  const groupSwitch = h('input', { type: 'checkbox', id: 'auto-create-groups' })

  const refresh = async () => {
    const tenant = await readTenant()
    groupSwitch.checked = tenant.autoCreateGroups
    const remove = (kind: string, id: string, name: string) =>
      button(
        'Delete',
        () => run(() => call<void>('DELETE', `/cloud/${kind}/${id}`).then(refresh)),
        {
          class: 'quiet',
          'aria-label': `Delete ${name}`,
        },
      )
    replace(
      providers,
      table(
        'JWT identity providers',
        ['Issuer', 'Key ID', 'Clock tolerance', 'Certificate until', ''],
        tenant.identityProviders.map((one) => [
          code(one.issuer),
          code(one.keyId),
          one.clockToleranceSec === undefined ? 'default' : `${one.clockToleranceSec} s`,
          one.certificateDates === undefined
            ? 'bare key'
            : new Date(one.certificateDates.to).toISOString().slice(0, 10),
          remove('identity-providers', one.id, one.issuer),
        ]),
        'The tenant trusts no issuer yet: every token is refused.',
      ),
    )
    replace(
      integrations,
      table(
        'Web integrations',
        ['Name', 'ID', 'Origins', ''],
        tenant.webIntegrations.map((one) => [
          one.name,
          code(one.id),
          h('span', {}, ...one.validOrigins.flatMap((origin) => [code(origin), ' '])),
          remove('web-integrations', one.id, one.name),
        ]),
        'No page of another origin may call the tenant yet.',
      ),
    )
  }

  const providerForm = createForm<SavedProvider>({
    id: 'provider',
    label: 'New JWT identity provider',
    path: '/cloud/identity-providers',
    submit: 'Create the identity provider',
    fields: [
      {
        name: 'certificate',
        label: 'Certificate',
        help: 'The public key certificate, on a single line. A file has line breaks: Qlik’s form refuses them.',
        kind: 'lines',
      },
      {
        name: 'issuer',
        label: 'Issuer',
        help: 'Tokens carry it as iss. If empty, a random one is generated.',
      },
      {
        name: 'keyId',
        label: 'Key ID',
        help: 'Tokens carry it as kid, in their header. If empty, a random one is generated.',
      },
      {
        name: 'description',
        label: 'Description',
        help: 'The only thing that can be changed later.',
      },
      {
        name: 'clockToleranceSec',
        label: 'Clock tolerance in seconds',
        help: 'How far the signer’s clock may be off. If empty, the switch defaultClockToleranceSec applies.',
        kind: 'number',
      },
    ],
    toBody: ({ clockToleranceSec = '', ...texts }) => ({
      ...texts,
      ...(clockToleranceSec === '' ? {} : { clockToleranceSec: Number(clockToleranceSec) }),
    }),
    onSaved({ resource, generated }) {
      const { issuer, staticKeys } = resource.options
      const made = (name: string) => (generated.includes(name) ? ' (generated)' : '')
      replace(
        saved,
        h('p', {}, h('strong', {}, 'Created. Sign tokens with these:')),
        h('p', {}, 'iss ', code(issuer), made('issuer')),
        h('p', {}, 'kid ', code(staticKeys[0]?.kid ?? ''), made('keyId')),
      )
      run(refresh)
    },
  })
  const oneLine = () => {
    const input = providerForm.input('certificate')
    input.value = input.value.replaceAll(/\s*[\r\n]\s*/g, '').trim()
    input.focus()
  }
  providerForm.element
    .querySelector('#provider-certificate')
    ?.after(button('Remove the line breaks', oneLine, { class: 'quiet inline' }))

  const integrationForm = createForm<{ resource: { id: string } }>({
    id: 'integration',
    label: 'New web integration',
    path: '/cloud/web-integrations',
    submit: 'Create the web integration',
    fields: [
      { name: 'name', label: 'Name', help: 'For you to know it by.' },
      {
        name: 'validOrigins',
        label: 'Origins, one a line',
        help: 'As the browser sends them: scheme, host and port. No path, no trailing slash, no wildcard.',
        kind: 'lines',
      },
    ],
    toBody: ({ name, validOrigins: origins = '' }) => ({
      name,
      validOrigins: origins.split('\n').flatMap((line) => line.trim() || []),
    }),
    onSaved({ resource }) {
      say(`Created: qlik-web-integration-id ${resource.id}`)
      run(refresh)
    },
  })
  groupSwitch.addEventListener('change', () =>
    run(async () => {
      const autoCreateGroups = groupSwitch.checked
      try {
        await call('PATCH', '/cloud/settings', { autoCreateGroups })
      } finally {
        await refresh()
      }
    }),
  )

  const element = h(
    'section',
    { 'aria-labelledby': 'set-up-title' },
    h('h1', { id: 'set-up-title' }, 'Set-up'),
    h('p', {}, 'What a tenant administrator does once, with the traps of the real forms.'),
    h('h2', {}, 'JWT identity providers'),
    providers,
    h('details', { class: 'new' }, h('summary', {}, 'New identity provider'), providerForm.element),
    saved,
    h('h2', {}, 'Web integrations'),
    integrations,
    h(
      'details',
      { class: 'new' },
      h('summary', {}, 'New web integration'),
      integrationForm.element,
    ),
    h('h2', {}, 'Groups'),
    h(
      'label',
      { class: 'check', for: 'auto-create-groups' },
      groupSwitch,
      'Creation of groups: names of the claim groups become groups of the tenant',
    ),
    h(
      'p',
      { class: 'hint' },
      'Off at first, as at Qlik. Turned on, groups appear with the next log-in.',
    ),
  )
  const refreshLater = later(() => {
    if (element.isConnected) run(refresh)
  })
  return {
    name: 'set-up',
    title: 'Set-up',
    element,
    refresh,
    onEvent: ({ name }) => {
      if (name === 'request') refreshLater()
    },
  }
}
