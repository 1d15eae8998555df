// Command pstest serves Google's own in-memory Pub/Sub on one address until it is told to stop.
//
// firebase-tools starts it as it would start the official emulator: pstest --host=H --port=P.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	host := flag.String("host", "127.0.0.1", "address to listen on")
	port := flag.Int("port", 8085, "port to listen on")
	flag.Parse()
	if err := serve(net.JoinHostPort(*host, strconv.Itoa(*port))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address string) error {
	// pstest panics on a taken port; a sentence says more than a stack.
	probe, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	probe.Close()
	server := pstest.NewServerWithAddress(address)
	defer server.Close()
	fmt.Println("Pub/Sub serves on", server.Addr)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	return nil
}
