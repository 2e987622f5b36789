package main

import "net"

func main() {
	c, err := net.Dial("tcp", "server:7070")
	if err != nil {
		panic(err)
	}
	// your part: c.Write, c.Read
	c.Close()
}
