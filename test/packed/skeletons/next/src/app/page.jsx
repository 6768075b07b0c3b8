export default function Home() {
  return 'An application that was here before'
}
