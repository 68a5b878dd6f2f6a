/* The one stream of events for all open pages of the live site: a shared worker, which the browser
   starts with the first page and ends with the last. */
"use strict"
{
  const known = {} // every region as it is now
  const ports = new Set()
  let source = null

  function listen() {
    source = new EventSource("/api/events")
    source.addEventListener("regions", event => {
      const news = JSON.parse(event.data)
      Object.assign(known, news)
      for (const port of ports) port.postMessage(news)
    })
  }

  self.onconnect = event => {
    const [port] = event.ports
    ports.add(port)
    port.onmessage = () => ports.delete(port) // the page says that it is leaving
    port.postMessage(known)
    if (!source || source.readyState === EventSource.CLOSED) listen()
  }
}
