package main

import "net"

func main() {
	l, err := net.Listen("tcp", ":7070")
	if err != nil {
		panic(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		// your part: c.Read, c.Write
		c.Close()
	}
}
