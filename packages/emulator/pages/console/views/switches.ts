import type { SwitchDefinition } from '../../../src/control/switch-definition.ts'
import { code, h, replace } from '../../element.ts'
import { call, get } from '../api.ts'
import { run, say } from '../view.ts'

type Value = string | number | boolean

interface ShownSwitch extends SwitchDefinition<Value> {
  readonly name: string
  readonly value: Value
}

const kindOf = { documented: 'good', inferred: 'note', unknown: 'warn' } as const

/** Every unknown as a row: what it is, how sure the default is, what it rests on, and its setting. */
export function createSwitchList(): { element: HTMLElement; refresh(): Promise<void> } {
  const list = h('ul', { class: 'switches' })
  const find = h('input', {
    id: 'find-switch',
    type: 'search',
    placeholder: 'csrf, cookie, status',
  })
  const onlyChanged = h('input', { type: 'checkbox' })
  const count = h('p', { class: 'count', role: 'status' })
  let switches: readonly ShownSwitch[] = []

  const set = (name: string, value: Value) =>
    run(async () => {
      try {
        await call('PATCH', '/switches', { [name]: value })
        say(`${name} is ${value}.`)
      } finally {
        await refresh()
      }
    })

  const toInput = ({ name, value, values, min, max }: ShownSwitch) => {
    const attributes = { id: `switch-${name}`, 'aria-describedby': `fact-${name}` }
    if (values === undefined) {
      const input = h('input', { ...attributes, type: 'number', value: String(value), min, max })
      input.addEventListener('change', () => set(name, Number(input.value)))
      return input
    }
    const select = h('select', attributes)
    for (const [index, one] of values.entries())
      select.append(h('option', { value: index, selected: one === value }, String(one)))
    select.addEventListener('change', () => {
      const chosen = values[Number(select.value)]
      if (chosen !== undefined) set(name, chosen)
    })
    return select
  }

  const toRow = (one: ShownSwitch) => {
    const { name, fact, certainty, source } = one
    return h(
      'li',
      { 'data-changed': one.value === one.default ? undefined : 'true' },
      h(
        'div',
        {},
        h('label', { for: `switch-${name}` }, code(name)),
        h('p', { id: `fact-${name}` }, `${fact}.`),
        h(
          'p',
          { class: 'hint' },
          h('span', { class: 'tag', 'data-kind': kindOf[certainty] }, certainty),
          ` ${source}`,
        ),
      ),
      h(
        'div',
        { class: 'setting' },
        toInput(one),
        h('p', { class: 'hint' }, `default ${one.default}`),
      ),
    )
  }

  const draw = () => {
    const text = find.value.trim().toLowerCase()
    const shown = switches.filter(
      ({ name, fact, value, default: first }) =>
        `${name} ${fact}`.toLowerCase().includes(text) && (!onlyChanged.checked || value !== first),
    )
    const changed = switches.filter(({ value, default: first }) => value !== first).length
    count.textContent = `${shown.length} of ${switches.length} shown, ${changed} changed`
    replace(list, ...shown.map(toRow))
  }
  find.addEventListener('input', draw)
  onlyChanged.addEventListener('change', draw)

  const refresh = async () => {
    switches = (await get<{ switches: ShownSwitch[] }>('/switches/definitions')).switches
    // Whoever is at one of them by keyboard stays there.
    const at = document.activeElement?.id
    draw()
    if (at?.startsWith('switch-')) document.getElementById(at)?.focus()
  }
  const element = h(
    'div',
    {},
    h(
      'div',
      { class: 'tools' },
      h('label', { for: 'find-switch' }, 'Find'),
      find,
      h('label', { class: 'check' }, onlyChanged, 'Changed only'),
    ),
    count,
    list,
  )
  return { element, refresh }
}
