import java.io.*;
import java.net.*;

public class Server {
    public static void main(String[] args) throws IOException {
        try (ServerSocket s = new ServerSocket(7070)) {
            while (true) {
                try (Socket c = s.accept()) {
                    // your part: c.getInputStream(), c.getOutputStream()
                }
            }
        }
    }
}
