import type { ActiveFault } from '../../../src/control/faults/fault.ts'
import { button, code, h, replace, table } from '../../element.ts'
import { call, get } from '../api.ts'
import { later } from '../later.ts'
import { run, say, type View } from '../view.ts'
import { faultKinds, toEffect, wordsOf } from './fault-kinds.ts'
import { createSwitchList } from './switches.ts'

function labelled(id: string, label: string, input: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: id }, label), input)
}

function createFaultForm(onAdded: () => Promise<void>): HTMLElement {
  const kind = h(
    'select',
    { id: 'fault-kind' },
    ...Object.entries(faultKinds).map(([value, { label }]) => h('option', { value }, label)),
  )
  const number = h('input', { id: 'fault-number', inputmode: 'numeric', value: 500 })
  const numberLabel = h('label', { for: 'fault-number' }, faultKinds.latency.unit)
  const engineCall = h('input', {
    id: 'fault-call',
    placeholder: 'all',
    spellcheck: 'false',
    autocomplete: 'off',
  })
  const callField = labelled('fault-call', 'Only the call, such as GetLayout', engineCall)
  callField.hidden = true
  const prefix = h('input', { id: 'fault-prefix', value: '/', spellcheck: 'false' })
  const times = h('input', { id: 'fault-times', inputmode: 'numeric', placeholder: 'all' })
  const chance = h('input', { id: 'fault-chance', inputmode: 'decimal', placeholder: '1' })
  kind.addEventListener('change', () => {
    const { unit, first } = faultKinds[kind.value as keyof typeof faultKinds]
    numberLabel.textContent = unit
    number.value = String(first)
    callField.hidden = kind.value !== 'engine-error'
  })
  const form = h(
    'form',
    { class: 'card row', 'aria-label': 'New fault', novalidate: true },
    labelled('fault-kind', 'What happens', kind),
    h('div', { class: 'field' }, numberLabel, number),
    callField,
    labelled('fault-prefix', 'Paths that begin with', prefix),
    labelled('fault-times', 'How many requests', times),
    labelled('fault-chance', 'Chance, 0 to 1', chance),
    h('button', { type: 'submit', class: 'strong' }, 'Switch it on'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    run(async () => {
      await call('POST', '/faults', {
        effect: toEffect(kind.value, Number(number.value || Number.NaN), engineCall.value.trim()),
        pathPrefix: prefix.value,
        ...(times.value === '' ? {} : { times: Number(times.value) }),
        ...(chance.value === '' ? {} : { probability: Number(chance.value) }),
      })
      say('Switched on.')
      await onAdded()
    })
  })
  return form
}

function createClockTools(): HTMLElement {
  const move = (label: string, body: unknown) =>
    button(label, () =>
      run(async () => {
        const { now } = await call<{ now: string }>('POST', '/clock', body)
        say(`The clock shows ${now.slice(0, 19).replace('T', ' ')} UTC.`)
      }),
    )
  return h(
    'div',
    { class: 'tools', role: 'group', 'aria-label': 'Clock' },
    move('A minute on', { advance: 60 }),
    move('An hour on', { advance: 3600 }),
    move('A day on', { advance: 86_400 }),
    move('Back to real time', { reset: true }),
  )
}

/** Faults, the clock, the switches, and the way back to an empty tenant. */
export function createFaultsView(): View {
  const list = h('div')
  const switches = createSwitchList()
  const drawFaults = async () => {
    const { faults } = await get<{ faults: ActiveFault[] }>('/faults')
    replace(
      list,
      table(
        'Faults that are on',
        ['What happens', 'To', 'Applied', 'Probability', ''],
        faults.map(
          ({ id, effect, pathPrefix = '/', method, times, timesApplied, probability = 1 }) => [
            wordsOf(effect),
            code(`${method ?? 'any method'} ${pathPrefix}…`),
            times === undefined ? timesApplied : `${timesApplied} of ${times}`,
            probability,
            button('Off', () => run(() => call<void>('DELETE', `/faults/${id}`).then(drawFaults)), {
              class: 'quiet',
              'aria-label': `Off: ${wordsOf(effect)}`,
            }),
          ],
        ),
        'No fault is on: everything works.',
      ),
    )
  }
  const refresh = async () => {
    await Promise.all([drawFaults(), switches.refresh()])
  }
  const reset = () => {
    if (
      !confirm(
        'Empty the tenant? Sessions, users, trust, faults and switches go back to the start.',
      )
    )
      return
    run(async () => {
      await call('POST', '/reset')
      say('The tenant is new.')
    })
  }
  const element = h(
    'section',
    { 'aria-labelledby': 'faults-title' },
    h('h1', { id: 'faults-title' }, 'Faults and switches'),
    h('h2', {}, 'Faults'),
    h(
      'p',
      {},
      'What goes wrong on purpose. They are applied in their order: waits add up, the first other one decides.',
    ),
    list,
    createFaultForm(drawFaults),
    h('h2', {}, 'Clock'),
    h('p', {}, 'Tokens and sessions are checked against the emulator’s own clock.'),
    createClockTools(),
    h('h2', {}, 'Switches'),
    h(
      'p',
      {},
      'Facts about Qlik that no public source settles. Your code should work with every setting.',
    ),
    switches.element,
    h('h2', {}, 'Start again'),
    button('Empty the tenant', reset, { class: 'danger' }),
  )
  const drawFaultsLater = later(() => {
    if (element.isConnected) run(refresh)
  }, 150)
  return {
    name: 'faults',
    title: 'Faults & switches',
    element,
    refresh,
    onEvent: ({ name }) => {
      if (name === 'changed') drawFaultsLater()
    },
  }
}
