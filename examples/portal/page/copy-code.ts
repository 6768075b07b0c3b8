import { elementById } from './element.ts'

/** Lets people take the code of the view with them. */
export function showCopyButton(): void {
  const button = elementById('copy-code', HTMLButtonElement)
  const code = elementById('code', HTMLElement)
  button.addEventListener('click', async () => {
    const done = await navigator.clipboard.writeText(code.textContent ?? '').then(
      () => true,
      () => false,
    )
    // Where the browser forbids it, the selected text is a key press away from being copied.
    if (!done) getSelection()?.selectAllChildren(code)
    elementById('copied', HTMLElement).textContent = done
      ? 'Copied'
      : 'Selected: copy it by keyboard'
    button.textContent = done ? 'Copied' : 'Selected'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  })
}
