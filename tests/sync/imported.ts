// Imports everything and tells; then opens something.

import { Mutex } from "@procref/procref/sync";

console.log(name);
try {
  Mutex.open(name).close();
  console.log("opened");
  Mutex.unlink(name);
} catch (error) {
  console.log(String(error));
}
