import { button, code, h, replace, table } from '../../element.ts'
import { call, get } from '../api.ts'
import { createForm } from '../form.ts'
import { run, say, type View } from '../view.ts'
import { readSite } from './site.ts'

/** What the rules say of one user, app by app. */
interface Audit {
  readonly attributes: 'session' | 'none'
  readonly rows: readonly {
    readonly kind: string
    readonly name: string
    readonly isAllowed: boolean
    readonly rule?: string
    readonly detail?: string
  }[]
}

/** The security rules, and whom they let read what. */
export function createRulesView(): View {
  const list = h('div')
  const who = h('select', { id: 'audit-user' })
  const audit = h('div', { role: 'status' })

  const showAudit = async () => {
    if (who.value === '') return
    const { rows, attributes } = await get<Audit>(
      `/client-managed/audit/${encodeURIComponent(who.value)}`,
    )
    replace(
      audit,
      h(
        'p',
        { class: 'hint' },
        attributes === 'session'
          ? 'With the attributes of the newest session.'
          : 'Without attributes: this user has no session.',
      ),
      table(
        'Audit',
        ['Resource', 'Name', 'Read', 'By the rule'],
        rows.map(({ kind, name, isAllowed, rule, detail }) => [
          kind,
          name,
          h(
            'span',
            { class: 'outcome', 'data-kind': isAllowed ? 'good' : 'bad' },
            isAllowed ? '✓ allowed' : '✕ no',
          ),
          rule ?? detail ?? 'No rule allows it.',
        ]),
      ),
    )
  }
  const refresh = async () => {
    const { rules, users } = await readSite()
    const act = (method: string, id: string, words: string, body?: unknown) =>
      run(async () => {
        await call(method, `/client-managed/rules/${id}`, body)
        say(words)
        await refresh()
      })
    replace(
      list,
      table(
        'All security rules',
        ['Name', 'Resource filter', 'Conditions', 'Actions', 'Context', 'Type', ''],
        rules.map((one) => [
          h('span', {}, one.name, one.disabled && h('span', { class: 'tag' }, 'disabled')),
          code(one.resourceFilter),
          code(one.rule),
          one.actions,
          one.context,
          one.type,
          h(
            'span',
            { class: 'tools' },
            button(
              one.disabled ? 'Enable' : 'Disable',
              () =>
                act('PATCH', one.id, `${one.name} is ${one.disabled ? 'enabled' : 'disabled'}.`, {
                  disabled: !one.disabled,
                }),
              {
                class: 'quiet',
                'aria-label': `${one.disabled ? 'Enable' : 'Disable'} ${one.name}`,
              },
            ),
            one.type === 'Custom' &&
              button('Delete', () => act('DELETE', one.id, `${one.name} is deleted.`), {
                class: 'quiet',
                'aria-label': `Delete ${one.name}`,
              }),
          ),
        ]),
      ),
    )
    const chosen = who.value
    replace(
      who,
      ...users.map(({ id, userDirectory, userId }) =>
        h('option', { value: id, selected: id === chosen }, `${userDirectory}\\${userId}`),
      ),
    )
    await showAudit()
  }
  who.addEventListener('change', () => run(showAudit))

  const form = createForm<{ name: string }>({
    id: 'rule',
    label: 'New security rule',
    path: '/client-managed/rules',
    submit: 'Apply',
    fields: [
      { name: 'name', label: 'Name', help: 'What it allows, and to whom.' },
      {
        name: 'resourceFilter',
        label: 'Resource filter',
        help: 'App_*, Stream_*, or one of them by its ID; several with commas.',
        value: 'Stream_*',
      },
      {
        name: 'rule',
        label: 'Conditions',
        help: 'Example: resource.name = "Sales" and user.environment.group = "Sales"',
        kind: 'lines',
      },
      {
        name: 'actions',
        label: 'Actions',
        help: 'What it allows.',
        kind: 'choice',
        choices: [
          ['2', 'Read'],
          ['6', 'Read, Update'],
          ['15', 'Create, Read, Update, Delete'],
        ],
      },
      {
        name: 'ruleContext',
        label: 'Context',
        help: 'Where it holds.',
        kind: 'choice',
        choices: [
          ['0', 'Both in hub and QMC'],
          ['1', 'Only in hub'],
          ['2', 'Only in QMC'],
        ],
      },
    ],
    toBody: ({ actions, ruleContext, ...texts }) => ({
      ...texts,
      actions: Number(actions),
      ruleContext: Number(ruleContext),
    }),
    onSaved({ name }) {
      say(`${name} is in force.`)
      run(refresh)
    },
  })

  return {
    name: 'rules',
    title: 'Security rules',
    element: h(
      'section',
      { 'aria-labelledby': 'rules-title' },
      h('h1', { id: 'rules-title' }, 'Security rules'),
      h('p', {}, 'Rules only allow. What no rule allows is not listed and does not open.'),
      list,
      h('details', { class: 'new' }, h('summary', {}, 'Create new'), form.element),
      h('h2', {}, 'Audit'),
      h('p', {}, h('label', { for: 'audit-user' }, 'User '), who),
      audit,
    ),
    refresh,
  }
}
