// Imports everything and tells; then opens something.

import { Mutex } from "@procref/procref/sync";

console.log("imported");
const fresh = `imported-${crypto.randomUUID()}`;
try {
  Mutex.open(fresh).close();
  Mutex.unlink(fresh);
  console.log("opened");
} catch (error) {
  console.log(String(error));
}
