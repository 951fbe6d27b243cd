import { useEffect, useState } from "react";
import { reconnecting } from "./reconnecting.mjs";

/** The messages of a connection, newest last: `const messages = useMessages(url)`. */
export function useMessages(url) {
  const [messages, setMessages] = useState([]);
  useEffect(() => {
    setMessages([]);
    return reconnecting(url, (message) => setMessages((before) => [...before.slice(-99), message]));
  }, [url]);
  return messages;
}
