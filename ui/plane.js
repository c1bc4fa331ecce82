// Points on a canvas. What stands in `state` outlives a rerun, so that nothing flickers.
const states = new WeakMap()
const FINEST = 65535, EDGE = 12, NEAR = 8, MOVED = 6 // pixels, but for the first

export default function ({ data, parentElement, setTriggerValue }) {
  const map = parentElement.querySelector(".map")
  if (!map || !data) return
  const canvas = map.querySelector("canvas"), said = map.querySelector(".said")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", data.label)
  let state = states.get(map)
  if (!state) {
    state = { drawn: null }
    states.set(map, state)
    new ResizeObserver(() => draw(canvas, state)).observe(canvas)
  }
  const xy = new Uint16Array(bytes(data.xy).buffer)
  const answered = {
    labels: bytes(data.labels), answers: bytes(data.answers),
    confidence: new Float32Array(bytes(data.confidence).buffer),
  }
  Object.assign(state, { data, xy, colours: bytes(data.colours), answered })
  draw(canvas, state)

  canvas.onpointermove = event => {
    const here = [event.offsetX, event.offsetY]
    if (state.drawn) {
      state.drawn.push(here)
      said.hidden = true
      draw(canvas, state)
      return
    }
    const number = nearest(state, canvas, ...here)
    said.hidden = number === null
    if (number === null) return
    show(said, number, sentence(state, number))
    const right = here[0] > canvas.clientWidth / 2
    said.style.left = right ? "auto" : `${here[0] + 14}px`
    said.style.right = right ? `${canvas.clientWidth - here[0] + 14}px` : "auto"
    const lowest = canvas.clientHeight - said.offsetHeight
    said.style.top = `${Math.max(0, Math.min(here[1] - 12, lowest))}px`
  }
  canvas.onpointerdown = event => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    state.drawn = [[event.offsetX, event.offsetY]]
  }
  canvas.onpointerup = event => {
    const drawn = state.drawn ?? []
    state.drawn = null
    draw(canvas, state)
    const [x, y] = drawn[0] ?? [0, 0]
    if (drawn.some(([a, b]) => Math.hypot(a - x, b - y) > MOVED)) {
      setTriggerValue("around", drawn.map(([a, b]) => unplaced(canvas, a, b)))
      return
    }
    const number = nearest(state, canvas, event.offsetX, event.offsetY)
    if (number !== null) setTriggerValue("opened", number)
  }
  canvas.onpointercancel = () => { // the finger scrolls the page instead
    state.drawn = null
    draw(canvas, state)
  }
  canvas.onpointerleave = () => { said.hidden = true }
}

// The picture of a point comes from an address of its own: ten thousand are too many to send.
function show(said, number, words) {
  const picture = said.querySelector("img")
  const address = new URL(`picture/test-${number}.png`, location.href).href
  said.querySelector("span").textContent = words
  if (picture.src === address) return
  picture.hidden = false
  picture.onerror = () => { picture.hidden = true }
  picture.src = address
}

function bytes(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
}

function sentence({ data, answered }, number) {
  const { labels, answers, confidence } = answered
  const label = data.classes[labels[number]], answer = data.classes[answers[number]]
  return `test-${number}: ${label}, called ${answer}, ${percent(confidence[number])} sure`
}

// What is not quite all is never rounded to it; the surest answer is never next to nothing.
function percent(share) {
  const whole = Math.round(100 * share)
  return `${whole === 100 && share < 1 ? ">99" : whole}\u00a0%`
}

// From 0 to 100 each way to pixels, and back.
function placed(canvas, x, y) {
  return [
    EDGE + x / 100 * (canvas.clientWidth - 2 * EDGE),
    EDGE + (1 - y / 100) * (canvas.clientHeight - 2 * EDGE),
  ]
}

function unplaced(canvas, a, b) {
  return [
    (a - EDGE) / (canvas.clientWidth - 2 * EDGE) * 100,
    (1 - (b - EDGE) / (canvas.clientHeight - 2 * EDGE)) * 100,
  ]
}

function point(state, canvas, number) {
  const x = state.xy[2 * number] / FINEST * 100, y = state.xy[2 * number + 1] / FINEST * 100
  return placed(canvas, x, y)
}

function nearest(state, canvas, a, b) {
  let best = null, least = NEAR
  for (let number = 0; number < state.colours.length; number++) {
    const [x, y] = point(state, canvas, number)
    const apart = Math.hypot(x - a, y - b)
    if (apart < least) [best, least] = [number, apart]
  }
  return best
}

function draw(canvas, state) {
  const { data, colours } = state, sharp = window.devicePixelRatio || 1
  const wide = canvas.clientWidth, high = canvas.clientHeight
  if (!wide) return
  canvas.width = wide * sharp
  canvas.height = high * sharp
  const pen = canvas.getContext("2d")
  pen.scale(sharp, sharp)
  pen.globalAlpha = 0.8
  const side = wide < 500 ? 2.5 : 3.5
  data.palette.forEach((colour, which) => {
    pen.fillStyle = colour
    for (let number = 0; number < colours.length; number++) {
      if (colours[number] !== which) continue
      const [x, y] = point(state, canvas, number)
      pen.fillRect(x - side / 2, y - side / 2, side, side)
    }
  })
  pen.globalAlpha = 1
  pen.strokeStyle = data.star
  pen.lineWidth = 2
  pen.setLineDash([4, 4])
  line(pen, data.outline.map(([x, y]) => placed(canvas, x, y)), true)
  line(pen, state.drawn ?? [], false)
  pen.setLineDash([])
  for (const [name, x, y] of data.placed) star(pen, ...placed(canvas, x, y), name, data.star)
}

function line(pen, corners, closed) {
  if (corners.length < 2) return
  pen.beginPath()
  corners.forEach(([x, y]) => pen.lineTo(x, y))
  if (closed) pen.closePath()
  pen.stroke()
}

function star(pen, x, y, name, colour) {
  pen.beginPath()
  for (let tip = 0; tip < 10; tip++) {
    const far = tip % 2 ? 5 : 11, turn = Math.PI * (tip / 5 - 0.5)
    pen.lineTo(x + far * Math.cos(turn), y + far * Math.sin(turn))
  }
  pen.closePath()
  pen.fillStyle = colour
  pen.strokeStyle = "white"
  pen.lineWidth = 1.5
  pen.fill()
  pen.stroke()
  pen.font = "600 12px sans-serif"
  pen.fillText(name.slice(0, 40), x + 14, y + 4)
}
