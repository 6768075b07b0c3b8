import { button, h } from '../element.ts'

/** Asks for the administrator's key; resolves with whether the right one was given. */
export function openKeyDialog(giveKey: (key: string) => Promise<boolean>): Promise<boolean> {
  const input = h('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'off',
    required: true,
    'aria-describedby': 'key-problem',
  })
  const problem = h('p', { id: 'key-problem', class: 'problem', role: 'alert' })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { id: 'key-title' }, 'The administrator’s key'),
    h(
      'p',
      {},
      'Reading needs no key; changes do. The emulator printed it at its start, or you gave it with ',
      h('code', {}, '--admin-key'),
      '. This page keeps a session of its own for this tab, never the key.',
    ),
    h('label', { for: 'key' }, 'Key'),
    input,
    problem,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'submit', class: 'strong' }, 'Enter the key'),
      button('Only look', () => dialog.close()),
    ),
  )
  const dialog = h('dialog', { 'aria-labelledby': 'key-title' }, form)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    giveKey(input.value).then(
      (isRight) => {
        if (isRight) {
          resolve(true)
          dialog.close()
        } else {
          problem.textContent = 'This is not the key of this emulator.'
          input.select()
        }
      },
      () => {
        problem.textContent = 'The emulator does not answer.'
      },
    )
  })
  dialog.addEventListener('close', () => {
    resolve(false)
    dialog.remove()
  })
  document.body.append(dialog)
  dialog.showModal()
  return promise
}
